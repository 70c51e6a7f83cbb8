// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.LastPayload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireWriter;

/**
 * Encrypted, RFC 7296 section 3.14. Only its outside: {@code wire.sk} makes and opens it.
 *
 * @param sealed IV, ciphertext and integrity check value
 */
public record SkPayload(PayloadType firstInner, Bytes sealed) implements LastPayload {
    @Override
    public PayloadType type() {
        return PayloadType.SK;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(sealed);
    }
}
