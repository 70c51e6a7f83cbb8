// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Certificate, RFC 2408 section 3.9: one octet of encoding, then the certificate.
 *
 * @param encoding 8 bits; received ones are 1 to 10
 */
public record CertPayload(int encoding, Bytes data) implements Payload {
    public static final int PKCS7_WRAPPED_X509 = 1;
    public static final int X509_SIGNATURE = 4;
    public static final int CRL = 7;

    private static final int LAST_NAMED = 10;

    static CertPayload read(WireReader in) throws WireException {
        return new CertPayload(readEncoding(in, "cert encoding"), in.rest());
    }

    /** Shared with the certificate request, which begins alike. */
    static int readEncoding(WireReader in, String field) throws WireException {
        int encoding = in.u8();
        in.require(encoding >= PKCS7_WRAPPED_X509 && encoding <= LAST_NAMED, field, encoding);
        return encoding;
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.CERT;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(encoding).bytes(data);
    }
}
