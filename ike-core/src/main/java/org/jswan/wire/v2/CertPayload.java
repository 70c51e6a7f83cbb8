// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Certificate, RFC 7296 section 3.6: one octet of encoding, then the certificate.
 *
 * @param encoding 8 bits; received ones are 1 to 4 or 6 to 15
 */
public record CertPayload(int encoding, Bytes data) implements Payload {
    private static final int X509_SIGNATURE = 4;
    private static final int KERBEROS_TOKENS = 6;
    private static final int RAW_PUBLIC_KEY = 15;

    static CertPayload read(WireReader in) throws WireException {
        return new CertPayload(readEncoding(in), in.rest());
    }

    /** Shared with the certificate request, which begins alike. */
    static int readEncoding(WireReader in) throws WireException {
        int encoding = in.u8();
        in.require(
                (encoding >= 1 && encoding <= X509_SIGNATURE)
                        || (encoding >= KERBEROS_TOKENS && encoding <= RAW_PUBLIC_KEY),
                "ikev2 cert encoding",
                encoding);
        return encoding;
    }

    @Override
    public PayloadType type() {
        return PayloadType.CERT;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(encoding).bytes(data);
    }
}
