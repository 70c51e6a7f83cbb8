// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jswan.base.Bytes;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeGroup;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.SaId;
import org.jswan.proposal.EncapsulationMode;
import org.jswan.proposal.Ikev1Selection;
import org.jswan.proposal.ImpairedKeyLengths;
import org.jswan.proposal.Phase2Choice;
import org.jswan.proposal.Phase2Chooser;
import org.jswan.proposal.Phase2Offer;
import org.jswan.proposal.Phase2Policy;
import org.jswan.proposal.Phase2Sa;
import org.jswan.proposal.SaTrace;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.wire.WireProposal;
import org.jswan.wire.v1.NatTraversalMethod;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.ProtocolId;
import org.jswan.wire.v1.Refusal;
import org.jswan.wire.v1.SaPayload;

/** What a connection proposes for its IPsec SAs, and what of a peer's proposals it takes. */
final class Phase2Proposals {
    private Phase2Proposals() {}

    /** The group of a Diffie-Hellman exchange of its own, if there is to be perfect forward secrecy. */
    static Optional<KeGroup> pfsGroup(ChildSa child) {
        return Inheritance.wants(child, ConnectionPolicy.PFS)
                ? Optional.of(Phase2Offer.pfsGroup(
                        child.connection().config().childSuites().orElseThrow(),
                        child.ike().suite().orElseThrow().group()))
                : Optional.empty();
    }

    /** The protocol of a connection's SAs. */
    static IpsecProtocol protocol(Connection c) {
        return c.has(ConnectionPolicy.ENCRYPT) ? IpsecProtocol.ESP : IpsecProtocol.AH;
    }

    /** What we offer; the SPIs are reserved. */
    static SaPayload offer(ChildSa child, Optional<KeGroup> pfsGroup, Context context) {
        return SaPayload.of(ImpairedKeyLengths.of(
                Phase2Offer.of(policy(child, context), mode(child), pfsGroup, ownSpi(child)),
                context.world().impair(),
                child.logger()::log));
    }

    /** What we answer; the SPIs are reserved. */
    static SaPayload answer(ChildSa child, Phase2Choice choice) {
        return SaPayload.of(choice.answer(ownSpi(child)));
    }

    private static IntFunction<Bytes> ownSpi(ChildSa child) {
        return protocol -> protocol == ProtocolId.IPCOMP
                ? ChildSa.spiOctets(child.inboundCompression().orElseThrow().spi())
                        .from(2)
                : ChildSa.spiOctets(child.inbound().orElseThrow().spi());
    }

    private static EncapsulationMode mode(ChildSa child) {
        return EncapsulationMode.of(Inheritance.wants(child, ConnectionPolicy.TUNNEL), udp(child.ike()));
    }

    private static EncapsulationMode.Udp udp(IkeSa ike) {
        if (!ike.nat().detected()) {
            return EncapsulationMode.Udp.NONE;
        }
        return ike.phase1().natTraversal().equals(Optional.of(NatTraversalMethod.RFC))
                ? EncapsulationMode.Udp.RFC
                : EncapsulationMode.Udp.DRAFTS;
    }

    /** As responder: what of the peer's proposals is taken. */
    static Phase2Choice choose(ChildSa child, Context context, SaPayload offered) throws IsakmpFailure {
        List<WireProposal> proposals = proposals(offered);
        return chosen(
                child,
                proposals,
                Phase2Chooser.choose(policy(child, context), context.world().kernel()::has, proposals));
    }

    /** As libreswan: once the rest of the message is read, a responder looks at the proposals again. */
    static void confirm(ChildSa child, SaPayload offered, Phase2Choice choice) throws IsakmpFailure {
        trace(child, proposals(offered), choice.taken());
        if (child.connection().has(ConnectionPolicy.PFS) && choice.pfsGroup().isEmpty()) {
            throw IsakmpFailure.refused(
                    NotificationType.NO_PROPOSAL_CHOSEN,
                    "we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION");
        }
    }

    /** As initiator: what the peer took of ours. */
    static Phase2Choice accept(ChildSa child, Context context, Optional<KeGroup> pfsGroup, SaPayload answer)
            throws IsakmpFailure {
        List<WireProposal> proposals = proposals(answer);
        return chosen(
                child,
                proposals,
                Phase2Chooser.accept(policy(child, context), context.world().kernel()::has, pfsGroup, proposals));
    }

    private static List<WireProposal> proposals(SaPayload payload) throws IsakmpFailure {
        try {
            return payload.ipsec();
        } catch (Refusal refusal) {
            throw IsakmpFailure.refused(refusal.notification(), refusal.getMessage());
        }
    }

    private static void trace(ChildSa child, List<WireProposal> proposals, List<WireProposal> taken) {
        child.logger().debug(() -> SaTrace.parsed(proposals, taken));
    }

    private static Phase2Choice chosen(
            ChildSa child, List<WireProposal> proposals, Ikev1Selection<Phase2Choice> selection) throws IsakmpFailure {
        if (selection instanceof Ikev1Selection.Refused<Phase2Choice> refused) {
            trace(child, proposals, List.of());
            refused.log().forEach(line -> child.logger().log(line.code(), line.text()));
            throw IsakmpFailure.refused(refused.notification(), "");
        }
        Ikev1Selection.Chosen<Phase2Choice> chosen = (Ikev1Selection.Chosen<Phase2Choice>) selection;
        chosen.log().forEach(line -> child.logger().log(line.code(), line.text()));
        trace(child, proposals, chosen.choice().taken());
        return chosen.choice();
    }

    private static Phase2Policy policy(ChildSa child, Context context) {
        Connection c = child.connection();
        return new Phase2Policy(
                c.config().childSuites().orElseThrow(),
                c.has(ConnectionPolicy.ENCRYPT),
                c.has(ConnectionPolicy.AUTHENTICATE),
                Inheritance.wants(child, ConnectionPolicy.COMPRESS),
                c.config().lifetimes().ipsec(),
                c.toString(),
                child.ike().remote().address().toString(),
                QuickLabels.of(child, context.world().security(), context.labelAttribute()));
    }

    /** The SA adopts what was agreed on. */
    static void adopt(ChildSa child, Phase2Choice choice) {
        Phase2Sa main = choice.esp().or(choice::ah).orElseThrow();
        child.setProtocol(choice.esp().isPresent() ? IpsecProtocol.ESP : IpsecProtocol.AH);
        child.setMode(choice.isTunnel() ? IpsecMode.TUNNEL : IpsecMode.TRANSPORT);
        setSelectors(child);
        child.setSuite(main.suite(), choice.pfsGroup());
        child.phase2().setLife(choice.life());
        choice.label().ifPresent(child.phase2()::setLabel);
    }

    /** In transport mode the peer is what it looks like from here, which a NAT may have changed. */
    private static void setSelectors(ChildSa child) {
        Selector theirs = child.connection().remote().client().orElseThrow();
        Selector visible = child.mode() == IpsecMode.TUNNEL
                ? theirs
                : new Selector(
                        Subnet.host(child.connection().remote().address().orElseThrow()),
                        theirs.protocol(),
                        theirs.port());
        child.setSelectors(child.connection().local().client().orElseThrow(), visible);
    }

    /** The SAs towards the peer have the SPIs that it chose; ours are reserved. */
    static void setOutbound(ChildSa child, Phase2Choice choice) {
        SaId inbound = child.inbound().orElseThrow();
        Phase2Sa main = choice.esp().or(choice::ah).orElseThrow();
        child.setOutbound(new SaId(
                /* source= */ inbound.destination(),
                /* destination= */ inbound.source(),
                child.protocol(),
                main.spi().buffer().getInt()));
        choice.compression()
                .ifPresent(compression -> child.setOutboundCompression(new SaId(
                        /* source= */ inbound.destination(),
                        /* destination= */ inbound.source(),
                        IpsecProtocol.IPCOMP,
                        number(compression.cpi()))));
    }

    private static int number(Bytes cpi) {
        ByteBuffer octets = cpi.buffer();
        return octets.getShort() & 0xffff;
    }
}
