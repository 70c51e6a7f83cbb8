// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

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
 * Security Association, RFC 2408 section 3.4 and RFC 2407 section 4.6.1:
 *
 * <pre>
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    domain of interpretation                   |
 * |                           situation                           |
 * |                           proposals                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param doi 32 bits; received ones are 0 or 1
 * @param body the octets after the generic header exactly as they came or go: authentication of phase 1 covers them
 */
public record SaPayload(long doi, Bytes body) implements Payload {
    private static final int DOI_OCTETS = 4;
    private static final int IDENTITY_ONLY = 1;

    /** Proposals in the domain of IPsec, with the situation that is only about identities. */
    public static SaPayload of(List<WireProposal> proposals) {
        WireWriter out = new WireWriter().u32(Doi.IPSEC).u32(IDENTITY_ONLY);
        WireProposal.writeAll(out, IkeVersion.V1, proposals);
        return new SaPayload(Doi.IPSEC, out.toBytes());
    }

    static SaPayload read(WireReader in) throws WireException {
        Bytes body = in.rest();
        return new SaPayload(Doi.read(WireReader.of(body, in.structure())), body);
    }

    /**
     * The proposal of phase 1: there can be only one.
     *
     * @throws Refusal if the payload is not one of phase 1 or breaks a rule that does not depend on what is proposed
     */
    public WireProposal oakley() throws Refusal {
        return new SaBody(doi, contents()).oakley();
    }

    /**
     * The proposals of phase 2. Those with the same number, one behind the other, belong together.
     *
     * @throws Refusal if the payload is not one of phase 2 or breaks a rule that does not depend on what is proposed
     */
    public List<WireProposal> ipsec() throws Refusal {
        return new SaBody(doi, contents()).ipsec();
    }

    private Bytes contents() {
        return body.from(DOI_OCTETS);
    }

    @Override
    public PayloadType type() {
        return PayloadTypes.SA;
    }

    @Override
    public void writeBody(WireWriter out) {
        out.bytes(body);
    }
}
