// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Key Exchange, RFC 7296 section 3.4:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |             group             |            reserved           |
 * |                       key exchange data                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param group 16 bits; received ones are 0 to 32
 */
public record KePayload(int group, Bytes data) implements Payload {
    /** As libreswan: a group past the ones it has names for makes the payload malformed. */
    private static final int LAST_NAMED_GROUP = 32;

    static KePayload read(WireReader in) throws WireException {
        int group = in.u16();
        in.require(group <= LAST_NAMED_GROUP, "DH group", group);
        in.u16();
        return new KePayload(group, in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.KE;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u16(group).u16(0).bytes(data);
    }
}
