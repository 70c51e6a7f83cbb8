// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireTransform;

/**
 * Reads what is inside an SA payload and refuses what no proposal may look like, whatever is proposed. Rules, texts and
 * notifications are libreswan's; phase 1 and phase 2 differ in most of them.
 */
final class SaBody {
    private static final long IDENTITY_ONLY = 1;
    private static final long KNOWN_SITUATIONS = 7;
    private static final int SITUATION_OCTETS = 4;
    private static final String SITUATION = "IPsec DOI SIT";

    private static final int MAX_OAKLEY_SPI = 16;
    private static final int SPI_OCTETS = 4;
    private static final int CPI_OCTETS = 2;
    private static final long FIRST_SPI = 0x100;

    private final long doi;
    private final WireReader in;

    /** @param contents situation and proposals */
    SaBody(long doi, Bytes contents) {
        this.doi = doi;
        this.in = WireReader.of(contents, "ISAKMP Security Association Payload");
    }

    /** Something that reads octets. */
    private interface Reading<T> {
        T read() throws WireException;
    }

    /** Refuses with {@code notification} what cannot be read. */
    private static <T> T orRefuse(NotificationType notification, String prefix, Reading<T> reading) throws Refusal {
        try {
            return reading.read();
        } catch (WireException e) {
            throw new Refusal(notification, prefix + e.getMessage());
        }
    }

    WireProposal oakley() throws Refusal {
        domain("Unknown/unsupported DOI ");
        situation();
        ProposalHead head = orRefuse(NotificationType.PAYLOAD_MALFORMED, "", () -> ProposalHead.read(in));
        if (!head.next().equals(PayloadTypes.NONE)) {
            throw new Refusal(
                    NotificationType.PAYLOAD_MALFORMED,
                    "Proposal Payload must be alone in Oakley SA; found " + PayloadTypes.name(head.next())
                            + " following Proposal");
        }
        if (head.protocol() != ProtocolId.ISAKMP) {
            throw new Refusal(
                    NotificationType.INVALID_PROTOCOL_ID,
                    "unexpected Protocol ID (" + ProtocolId.name(head.protocol()) + ") found in Oakley Proposal");
        }
        if (head.spiSize() > MAX_OAKLEY_SPI) {
            throw new Refusal(
                    NotificationType.INVALID_SPI, "invalid SPI size (" + head.spiSize() + ") in Oakley Proposal");
        }
        Bytes spi = orRefuse(NotificationType.PAYLOAD_MALFORMED, "", () -> head.spi("Oakley SPI"));
        return new WireProposal(head.number(), head.protocol(), spi, oakleyTransforms(head));
    }

    private static List<WireTransform> oakleyTransforms(ProposalHead proposal) throws Refusal {
        List<WireTransform> transforms = new ArrayList<>();
        int last = -1;
        PayloadType next = PayloadTypes.T;
        while (next.equals(PayloadTypes.T)) {
            if (transforms.size() == proposal.count()) {
                throw badSyntax("number of Transform Payloads disagrees with Oakley Proposal Payload");
            }
            TransformFormat.Head head = head(proposal);
            if (head.number() <= last) {
                throw badSyntax("Transform Numbers are not monotonically increasing in Oakley Proposal");
            }
            last = head.number();
            transforms.add(orRefuse(NotificationType.BAD_PROPOSAL_SYNTAX, "invalid transform: ", head::withAttributes));
            next = head.next();
        }
        if (!next.equals(PayloadTypes.NONE)) {
            // As libreswan: what it names is what follows the proposal, and that is nothing.
            throw badSyntax("unexpected " + PayloadTypes.name(proposal.next()) + " payload in Oakley Proposal");
        }
        if (transforms.size() != proposal.count()) {
            throw badSyntax("number of Transform Payloads disagrees with Oakley Proposal Payload");
        }
        return transforms;
    }

    private static TransformFormat.Head head(ProposalHead proposal) throws Refusal {
        return orRefuse(NotificationType.BAD_PROPOSAL_SYNTAX, "", () -> TransformFormat.of(proposal.protocol())
                .readHead(proposal.rest()));
    }

    private static Refusal badSyntax(String text) {
        return new Refusal(NotificationType.BAD_PROPOSAL_SYNTAX, text);
    }

    List<WireProposal> ipsec() throws Refusal {
        domain("Unknown or unsupported DOI ");
        situation();
        List<WireProposal> proposals = new ArrayList<>();
        Set<TransformFormat> together = EnumSet.noneOf(TransformFormat.class);
        int number = -1;
        PayloadType next = PayloadTypes.P;
        while (next.equals(PayloadTypes.P)) {
            ProposalHead head = orRefuse(NotificationType.BAD_PROPOSAL_SYNTAX, "", () -> ProposalHead.read(in));
            if (head.number() != number) {
                together.clear();
                number = head.number();
            }
            Bytes spi = head.protocol() == ProtocolId.IPCOMP ? cpi(head) : spi(head);
            alone(head, together);
            proposals.add(new WireProposal(number, head.protocol(), spi, ipsecTransforms(head)));
            next = head.next();
        }
        if (!next.equals(PayloadTypes.NONE)) {
            throw badSyntax("unexpected in Proposal: " + PayloadTypes.name(next));
        }
        return proposals;
    }

    private static Bytes spi(ProposalHead head) throws Refusal {
        if (head.spiSize() != SPI_OCTETS) {
            throw new Refusal(
                    NotificationType.INVALID_SPI, "IPsec Proposal with improper SPI size (" + head.spiSize() + ")");
        }
        Bytes spi = orRefuse(NotificationType.INVALID_SPI, "", () -> head.spi("SPI"));
        long value = orRefuse(NotificationType.INVALID_SPI, "", () -> WireReader.of(spi, "SPI")
                .u32());
        if (value < FIRST_SPI) {
            throw new Refusal(
                    NotificationType.INVALID_SPI,
                    "IPsec Proposal contains invalid SPI (0x" + Long.toHexString(value) + ")");
        }
        return spi;
    }

    /** Some put the two octets of a CPI at the end of a field that is as wide as an SPI. */
    private static Bytes cpi(ProposalHead head) throws Refusal {
        if (head.spiSize() != SPI_OCTETS && head.spiSize() != CPI_OCTETS) {
            throw new Refusal(
                    NotificationType.INVALID_SPI, "IPsec Proposal with improper CPI size (" + head.spiSize() + ")");
        }
        return orRefuse(NotificationType.INVALID_SPI, "", () -> head.spi("CPI"));
    }

    /** Refuses a proposal for nothing, and a second one for the same protocol among those that belong together. */
    private static void alone(ProposalHead head, Set<TransformFormat> together) throws Refusal {
        if (head.count() == 0) {
            // As libreswan: it looks for another SPI where the transforms should be, and finds none.
            throw new Refusal(
                    NotificationType.INVALID_SPI,
                    "IPsec Proposal contains no Transforms (skipped)",
                    ProposalHead.missing(head.protocol() == ProtocolId.IPCOMP ? "CPI" : "SPI"));
        }
        if (head.protocol() <= ProtocolId.ISAKMP) {
            throw new Refusal(
                    NotificationType.INVALID_PROTOCOL_ID,
                    "unexpected Protocol ID (" + ProtocolId.name(head.protocol()) + ") in IPsec Proposal");
        }
        TransformFormat protocol = TransformFormat.of(head.protocol());
        if (!together.add(protocol)) {
            throw badSyntax("IPsec SA contains two simultaneous " + protocol + " Proposals");
        }
    }

    private static List<WireTransform> ipsecTransforms(ProposalHead proposal) throws Refusal {
        List<WireTransform> transforms = new ArrayList<>();
        int last = -1;
        while (transforms.size() < proposal.count()) {
            TransformFormat.Head head = head(proposal);
            if (head.number() <= last) {
                throw badSyntax("Transform Numbers in Proposal are not monotonically increasing");
            }
            last = head.number();
            follows(head.next(), transforms.size() + 1 == proposal.count());
            transforms.add(orRefuse(NotificationType.BAD_PROPOSAL_SYNTAX, "", head::withAttributes));
        }
        return transforms;
    }

    private static void follows(PayloadType next, boolean last) throws Refusal {
        if (next.equals(PayloadTypes.T)) {
            if (last) {
                throw badSyntax("Proposal Payload has more Transforms than specified");
            }
        } else if (!next.equals(PayloadTypes.NONE)) {
            throw badSyntax("expecting Transform Payload, but found " + PayloadTypes.name(next) + " in Proposal");
        } else if (!last) {
            throw badSyntax("Proposal Payload has fewer Transforms than specified");
        }
    }

    private void domain(String refusal) throws Refusal {
        if (doi != Doi.IPSEC) {
            throw new Refusal(NotificationType.DOI_NOT_SUPPORTED, refusal + Doi.name(doi));
        }
    }

    private void situation() throws Refusal {
        if (in.remaining() < SITUATION_OCTETS) {
            throw new Refusal(
                    NotificationType.SITUATION_NOT_SUPPORTED,
                    in.noRoom(SITUATION, SITUATION_OCTETS).getMessage());
        }
        long situation = orRefuse(NotificationType.SITUATION_NOT_SUPPORTED, "", in::u32);
        String names = situationNames(situation);
        if ((situation & ~KNOWN_SITUATIONS) != 0) {
            throw new Refusal(
                    NotificationType.SITUATION_NOT_SUPPORTED,
                    "bitset " + SITUATION + " of " + SITUATION + " has unknown member(s): " + names + " (0x" + situation
                            + ")");
        }
        if (situation != IDENTITY_ONLY) {
            throw new Refusal(
                    NotificationType.SITUATION_NOT_SUPPORTED, "unsupported IPsec DOI situation (" + names + ")");
        }
    }

    private static String situationNames(long situation) {
        if (situation == 0) {
            return "none";
        }
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            if ((situation >>> bit & 1) != 0) {
                names.add(situationName(bit));
            }
        }
        return String.join("+", names);
    }

    private static String situationName(int bit) {
        return switch (bit) {
            case 0 -> "SIT_IDENTITY_ONLY";
            case 1 -> "SIT_SECRECY";
            case 2 -> "SIT_INTEGRITY";
            default -> "0x" + Long.toHexString(1L << bit);
        };
    }
}
