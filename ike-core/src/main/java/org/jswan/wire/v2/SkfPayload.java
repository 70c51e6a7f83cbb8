// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.LastPayload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Encrypted Fragment, RFC 7383 section 2.5. Only its outside: {@code wire.sk} makes and opens it.
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        fragment number        |        total fragments        |
 * |             IV, ciphertext, integrity check value             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param firstInner the type of the first payload in fragment 1; NONE in the others
 * @param number 16 bits, from 1
 * @param total 16 bits
 */
public record SkfPayload(PayloadType firstInner, int number, int total, Bytes sealed) implements LastPayload {
    static SkfPayload read(PayloadType firstInner, WireReader in) throws WireException {
        return new SkfPayload(firstInner, in.u16(), in.u16(), in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.SKF;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u16(number).u16(total).bytes(sealed);
    }
}
