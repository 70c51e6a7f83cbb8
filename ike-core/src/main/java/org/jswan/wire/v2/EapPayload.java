// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** EAP, RFC 7296 section 3.16: an EAP message of RFC 3748, whole. */
public record EapPayload(Bytes message) implements Payload {
    static EapPayload read(WireReader in) {
        return new EapPayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadType.EAP;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(message);
    }
}
