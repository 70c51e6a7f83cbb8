// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Certificate Request, RFC 7296 section 3.7: one octet of encoding, then hashes of the keys of trusted authorities.
 *
 * @param encoding 8 bits; received ones are 1 to 4 or 6 to 15
 */
public record CertReqPayload(int encoding, Bytes authorities) implements Payload {
    static CertReqPayload read(WireReader in) throws WireException {
        return new CertReqPayload(CertPayload.readEncoding(in), in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.CERTREQ;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(encoding).bytes(authorities);
    }
}
