// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Identification of the initiator or responder, RFC 7296 section 3.5:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    ID type    |                   reserved                    |
 * |                      identification data                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type IDI or IDR
 * @param idType 8 bits; received ones are 1 to 3, 5 or 9 to 13
 * @param reserved three octets, kept because {@link #body} is authenticated as it came
 */
public record IdPayload(PayloadType type, int idType, Bytes reserved, Bytes data) implements Payload {
    public static final int IPV4_ADDR = 1;
    public static final int FQDN = 2;
    public static final int RFC822_ADDR = 3;
    public static final int IPV6_ADDR = 5;
    public static final int DER_ASN1_DN = 9;
    public static final int DER_ASN1_GN = 10;
    public static final int KEY_ID = 11;
    public static final int FC_NAME = 12;
    public static final int NULL = 13;

    private static final Bytes ZERO = Bytes.of(0, 0, 0);

    public IdPayload {
        if ((!type.equals(PayloadType.IDI) && !type.equals(PayloadType.IDR)) || reserved.length() != 3) {
            throw new IllegalArgumentException("ID payload " + type + " reserved " + reserved);
        }
    }

    public static IdPayload initiator(int idType, Bytes data) {
        return new IdPayload(PayloadType.IDI, idType, ZERO, data);
    }

    public static IdPayload responder(int idType, Bytes data) {
        return new IdPayload(PayloadType.IDR, idType, ZERO, data);
    }

    static IdPayload read(PayloadType type, WireReader in) throws WireException {
        int idType = in.u8();
        in.require(
                (idType >= IPV4_ADDR && idType <= RFC822_ADDR)
                        || idType == IPV6_ADDR
                        || (idType >= DER_ASN1_DN && idType <= NULL),
                "ID type",
                idType);
        return new IdPayload(type, idType, in.bytes(3), in.rest());
    }

    /** What AUTH is computed over: the payload without its generic header (RFC 7296 section 2.15). */
    public Bytes body() {
        return Bytes.concat(Bytes.of(idType), reserved, data);
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(body());
    }
}
