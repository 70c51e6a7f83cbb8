// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Authentication, RFC 7296 section 3.8:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    method     |                   reserved                    |
 * |                      authentication data                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param method 8 bits; received ones are 0 to 3 or 9 to 14
 */
public record AuthPayload(int method, Bytes data) implements Payload {
    public static final int RSA_SIGNATURE = 1;
    public static final int SHARED_KEY = 2;
    public static final int DSS_SIGNATURE = 3;
    public static final int ECDSA_SHA2_256_P256 = 9;
    public static final int ECDSA_SHA2_384_P384 = 10;
    public static final int ECDSA_SHA2_512_P521 = 11;
    public static final int NULL = 13;
    public static final int DIGITAL_SIGNATURE = 14;

    static AuthPayload read(WireReader in) throws WireException {
        int method = in.u8();
        in.require(
                method <= DSS_SIGNATURE || (method >= ECDSA_SHA2_256_P256 && method <= DIGITAL_SIGNATURE),
                "auth method",
                method);
        in.u24();
        return new AuthPayload(method, in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.AUTH;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(method).u24(0).bytes(data);
    }
}
