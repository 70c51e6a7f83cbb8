// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** Key Exchange, RFC 2408 section 3.7: the public value of the group that was agreed on, of any length here. */
public record KePayload(Bytes data) implements Payload {
    static KePayload read(WireReader in) {
        return new KePayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.KE;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
