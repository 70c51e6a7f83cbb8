// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * NAT-D, RFC 3947 section 3.2: a hash of an address and port.
 *
 * @param type NATD_RFC or NATD_DRAFTS
 */
public record NatDetectionPayload(PayloadType type, Bytes hash) implements Payload {
    public NatDetectionPayload {
        if (!PayloadTypes.canonical(type).equals(PayloadTypes.NATD_RFC)) {
            throw new IllegalArgumentException("NAT-D payload of type " + type);
        }
    }

    static NatDetectionPayload read(PayloadType type, WireReader in) {
        return new NatDetectionPayload(type, in.rest());
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(hash);
    }
}
