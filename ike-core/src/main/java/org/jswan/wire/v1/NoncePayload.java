// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** Nonce, RFC 2408 section 3.13; of any length here, RFC 2409 section 5 has 8 to 256 octets. */
public record NoncePayload(Bytes data) implements Payload {
    static NoncePayload read(WireReader in) {
        return new NoncePayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.NONCE;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
