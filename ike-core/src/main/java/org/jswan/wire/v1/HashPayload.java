// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import org.jswan.base.Bytes;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** Hash, RFC 2408 section 3.11: what proves possession of the keys, as long as the hash that was agreed on. */
public record HashPayload(Bytes data) implements Payload {
    static HashPayload read(WireReader in) {
        return new HashPayload(in.rest());
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.HASH;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(data);
    }
}
