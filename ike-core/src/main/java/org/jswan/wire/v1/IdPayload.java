// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Identification, RFC 2407 section 4.6.2. In phase 1 it names an end, in phase 2 a client of it.
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    ID type    |  protocol ID  |             port              |
 * |                      identification data                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param idType 8 bits; received ones are 1 to 13
 * @param protocol 8 bits, an IP protocol; 0 for any
 * @param port 16 bits; 0 for any
 */
public record IdPayload(int idType, int protocol, int port, Bytes data) implements Payload {
    public static final int IPV4_ADDR = 1;
    public static final int FQDN = 2;
    public static final int USER_FQDN = 3;
    public static final int IPV4_ADDR_SUBNET = 4;
    public static final int IPV6_ADDR = 5;
    public static final int IPV6_ADDR_SUBNET = 6;
    public static final int IPV4_ADDR_RANGE = 7;
    public static final int IPV6_ADDR_RANGE = 8;
    public static final int DER_ASN1_DN = 9;
    public static final int DER_ASN1_GN = 10;
    public static final int KEY_ID = 11;

    private static final int LAST_NAMED = 13;

    static IdPayload read(WireReader in) throws WireException {
        return new IdPayload(readType(in), in.u8(), in.u16(), in.rest());
    }

    /** Shared with the original addresses, which begin alike. */
    static int readType(WireReader in) throws WireException {
        int idType = in.u8();
        in.require(idType >= IPV4_ADDR && idType <= LAST_NAMED, "ID type", idType);
        return idType;
    }

    /** What hashes are computed over: the payload without its generic header (RFC 2409 section 5). */
    public Bytes body() {
        WireWriter out = new WireWriter();
        writeBody(out);
        return out.toBytes();
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.ID;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(idType).u8(protocol).u16(port).bytes(data);
    }
}
