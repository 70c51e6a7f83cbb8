// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeVersion;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/**
 * Security Association, RFC 7296 section 3.3: proposals back to back.
 *
 * @param body the octets of the proposals exactly as they came or go
 */
public record SaPayload(List<WireProposal> proposals, Bytes body) implements Payload {
    public SaPayload {
        proposals = List.copyOf(proposals);
    }

    public static SaPayload of(List<WireProposal> proposals) {
        WireWriter out = new WireWriter();
        WireProposal.writeAll(out, IkeVersion.V2, proposals);
        return new SaPayload(proposals, out.toBytes());
    }

    static SaPayload read(WireReader in) throws WireException {
        Bytes body = in.rest();
        return new SaPayload(WireProposal.readAll(WireReader.of(body, in.structure()), IkeVersion.V2), body);
    }

    @Override
    public PayloadType type() {
        return PayloadType.SA;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(body);
    }
}
