// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Certificate Request, RFC 2408 section 3.10: one octet with the encoding that is asked for, then the name of the
 * authority that shall have issued it; empty if any will do.
 *
 * @param certificateType 8 bits; received ones are 1 to 10
 */
public record CertRequestPayload(int certificateType, Bytes data) implements Payload {
    static CertRequestPayload read(WireReader in) throws WireException {
        return new CertRequestPayload(CertPayload.readEncoding(in, "cert type"), in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.CR;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.u8(certificateType).bytes(data);
    }
}
