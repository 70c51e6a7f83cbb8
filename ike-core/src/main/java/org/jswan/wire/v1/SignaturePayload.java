// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** Signature, RFC 2408 section 3.12. */
public record SignaturePayload(Bytes data) implements Payload {
    static SignaturePayload read(WireReader in) {
        return new SignaturePayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.SIG;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
