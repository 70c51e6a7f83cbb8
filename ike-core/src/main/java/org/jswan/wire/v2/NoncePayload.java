// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Nonce, RFC 7296 section 3.9. That it must have 16 to 256 octets is checked by the exchange that wants it:
 * {@link #hasLegalLength}.
 */
public record NoncePayload(Bytes data) implements Payload {
    private static final int SHORTEST = 16;
    private static final int LONGEST = 256;

    static NoncePayload read(WireReader in) {
        return new NoncePayload(in.rest());
    }

    public boolean hasLegalLength() {
        return data.length() >= SHORTEST && data.length() <= LONGEST;
    }

    @Override
    public PayloadType type() {
        return PayloadType.NONCE;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
