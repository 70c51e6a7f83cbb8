// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * NAT-OA, RFC 3947 section 5.2: the address that the sender had before translation.
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    ID type    |                   reserved                    |
 * |              IPv4 (4 octets) or IPv6 address (16)             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type NATOA_RFC or NATOA_DRAFTS
 * @param idType 8 bits; received ones are 1 to 13, of which only the addresses 1 and 5 mean something
 * @param address of any length here
 */
public record NatOriginalAddressPayload(PayloadType type, int idType, Bytes address) implements Payload {
    public NatOriginalAddressPayload {
        if (!PayloadTypes.canonical(type).equals(PayloadTypes.NATOA_RFC)) {
            throw new IllegalArgumentException("NAT-OA payload of type " + type);
        }
    }

    static NatOriginalAddressPayload read(PayloadType type, WireReader in) throws WireException {
        int idType = IdPayload.readType(in);
        in.u24();
        return new NatOriginalAddressPayload(type, idType, in.rest());
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(idType).zeros(3).bytes(address);
    }
}
