// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.v2.TrafficSelection.Fit;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaId;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.proposal.Selection;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.wire.v2.TsPayload;

/** The negotiation of a Child SA inside an exchange: SA, TSi, TSr and the notifies that go with them (RFC 7296 §2.9, §3.3). */
final class ChildNegotiation {
    private final Context context;

    /** What becomes of a Child SA that we asked for and the peer agreed to. */
    enum Acceptance {
        /** It is up, or was ended by other means meanwhile. */
        SETTLED,
        /** Not what we asked for: there is no Child SA. */
        REJECTED,
        /** The kernel did not take it: no good end for the exchange. */
        FATAL
    }

    ChildNegotiation(Context context) {
        this.context = context;
    }

    /** Whether a message proposes, or accepts, a Child SA. */
    static boolean isIn(Incoming message) {
        return message.first(SaPayload.class).isPresent()
                && message.first(TsPayload.class, PayloadType.TSI).isPresent()
                && message.first(TsPayload.class, PayloadType.TSR).isPresent();
    }

    /** What we ask for. */
    List<Payload> request(ChildSa child, ChildGroups groups) throws KernelException {
        Connection c = child.connection();
        child.setProtocol(protocol(c));
        context.kernel().reserve(child);
        context.sas().index(child);
        Bytes spi = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(ConnectionProposals.child(c, groups).offer(spi));
        payloads.add(TrafficSelection.initiator(c.local().client().orElseThrow()));
        payloads.add(TrafficSelection.responder(c.remote().client().orElseThrow()));
        if (!c.has(ConnectionPolicy.TUNNEL)) {
            payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
        }
        if (c.config().announcements().noEspTfc()) {
            payloads.add(NotifyPayload.of(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        }
        return payloads;
    }

    private static IpsecProtocol protocol(Connection c) {
        return c.has(ConnectionPolicy.AUTHENTICATE) && !c.has(ConnectionPolicy.ENCRYPT)
                ? IpsecProtocol.AH
                : IpsecProtocol.ESP;
    }

    /**
     * Answers the peer's wish for a Child SA.
     *
     * @param done told the payloads of the answer: of the Child SA made, or one notify that refuses it; on the loop,
     *     maybe at once
     */
    void respond(IkeSa ike, Incoming request, Nonces nonces, ChildGroups groups, Consumer<List<Payload>> done) {
        ChildSa child =
                context.lifecycle().newChild(ike.connection(), ike, IkeRole.RESPONDER, V2State.IKE_AUTH_CHILD_R0);
        BiConsumer<NotifyType, Boolean> refuse = (why, reserved) -> {
            context.lifecycle().endChild(child, org.jswan.exchange.Lifecycle.Notice.NEVER);
            done.accept(List.of(NotifyPayload.of(why)));
        };
        if (!assignClients(child, request)) {
            child.logger().log(RcCode.LOG_SERIOUS, "No IKEv2 connection found with compatible Traffic Selectors");
            refuse.accept(NotifyType.TS_UNACCEPTABLE, false);
            return;
        }
        Connection c = child.connection();
        Selection selection = ProposalMatcher.choose(
                ConnectionProposals.child(c, groups), request.need(SaPayload.class), false, true);
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> child.logger().log(RcCode.LOG_SERIOUS, line));
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "IKE_AUTH responder matching remote ESP/AH proposals failed, responder SA processing returned "
                                    + refused.notification().shortName());
            refuse.accept(refused.notification(), false);
            return;
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        chosen.log().forEach(child.logger()::log);
        chosen.debug().forEach(child.logger()::debug);
        Proposal proposal = chosen.proposal();
        boolean transport = request.has(NotifyType.USE_TRANSPORT_MODE);
        boolean wantsTransport = !c.has(ConnectionPolicy.TUNNEL);
        if (transport && !wantsTransport) {
            child.logger().log("policy dictates Tunnel Mode, ignoring peer's request for Transport Mode");
        } else if (!transport && wantsTransport) {
            child.logger().log(RcCode.LOG_SERIOUS, "policy dictates Transport Mode, but peer requested Tunnel Mode");
            refuse.accept(NotifyType.NO_PROPOSAL_CHOSEN, false);
            return;
        }
        child.setMode(wantsTransport ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL);
        child.setProtocol(protocol(c));
        adopt(child, proposal);
        child.setPeerTakesTfc(!request.has(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        try {
            context.kernel().reserve(child);
            context.sas().index(child);
        } catch (KernelException refused) {
            child.logger().log(RcCode.LOG_SERIOUS, refused.getMessage());
            refuse.accept(NotifyType.NO_ADDITIONAL_SAS, false);
            return;
        }
        setOutbound(child, proposal);
        ChildKeys keys = ChildKeys.derive(
                ike.keys(), Optional.empty(), nonces, child.suite().orElseThrow());
        context.kernel().install(child, keys, installed -> {
            if (!installed) {
                refuse.accept(NotifyType.TS_UNACCEPTABLE, true);
                return;
            }
            List<Payload> answer = answer(child, proposal);
            established(child);
            done.accept(answer);
        });
    }

    private static List<Payload> answer(ChildSa child, Proposal proposal) {
        List<Payload> payloads = new ArrayList<>();
        Bytes spi = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        payloads.add(SaPayload.of(List.of(proposal.answer(spi))));
        // Whoever began the exchange is the initiator of its traffic selectors (RFC 7296 §2.9).
        payloads.add(TrafficSelection.initiator(child.remoteSelector()));
        payloads.add(TrafficSelection.responder(child.localSelector()));
        if (child.mode() == IpsecMode.TRANSPORT) {
            payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
        }
        if (child.connection().config().announcements().noEspTfc()) {
            payloads.add(NotifyPayload.of(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        }
        return payloads;
    }

    /** Finds the connection whose clients are those that the peer names, the IKE SA's own first. */
    private boolean assignClients(ChildSa child, Incoming request) {
        TsPayload tsi = request.first(TsPayload.class, PayloadType.TSI).orElseThrow();
        TsPayload tsr = request.first(TsPayload.class, PayloadType.TSR).orElseThrow();
        IkeSa ike = child.ike();
        List<Connection> candidates = new ArrayList<>();
        candidates.add(ike.connection());
        for (Connection c : context.connections()
                .findByHosts(
                        ike.socket().interfaceAddress().address(),
                        Optional.of(ike.connection()
                                .remote()
                                .address()
                                .orElse(ike.remote().address())))) {
            if (c != ike.connection() && c.isOriented() && hasSameEnds(c, ike.connection())) {
                candidates.add(c);
            }
        }
        for (Connection c : candidates) {
            Fit fit = c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING) ? Fit.OURS_WITHIN : Fit.EQUAL;
            Optional<Selector> theirs = c.remote().client().flatMap(own -> TrafficSelection.match(tsi, own, fit));
            Optional<Selector> ours = c.local().client().flatMap(own -> TrafficSelection.match(tsr, own, fit));
            if (theirs.isPresent() && ours.isPresent()) {
                context.sas().switchTo(child, c);
                child.setSelectors(ours.get(), theirs.get());
                return true;
            }
        }
        return false;
    }

    private static boolean hasSameEnds(Connection a, Connection b) {
        return a.config().ikeVersion() == b.config().ikeVersion()
                && !a.config().neverNegotiates()
                && a.local().id().equals(b.local().id())
                && a.remote().id().equals(b.remote().id());
    }

    /**
     * Takes what the peer answered to our {@link #request}.
     *
     * @param done told what became of it; on the loop, maybe at once
     */
    void accept(ChildSa child, Incoming response, Nonces nonces, ChildGroups groups, Consumer<Acceptance> done) {
        Connection c = child.connection();
        boolean transport = response.has(NotifyType.USE_TRANSPORT_MODE);
        if (transport != !c.has(ConnectionPolicy.TUNNEL)) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            transport
                                    ? "local policy requires Tunnel Mode but peer requires required Transport Mode"
                                    : "local policy requires Transport Mode but peer requires required Tunnel Mode");
            done.accept(Acceptance.REJECTED);
            return;
        }
        child.setMode(transport ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL);
        Selection selection = ProposalMatcher.accept(
                ConnectionProposals.child(c, groups), response.need(SaPayload.class), false, true);
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> child.logger().log(RcCode.LOG_SERIOUS, line));
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "IKE_AUTH initiator accepting remote ESP/AH proposal failed, responder SA processing returned "
                                    + refused.notification().shortName());
            done.accept(Acceptance.REJECTED);
            return;
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        chosen.log().forEach(child.logger()::log);
        chosen.debug().forEach(child.logger()::debug);
        // What the peer narrowed must lie within what we asked for.
        Fit fit = c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING) ? Fit.PEERS_WITHIN : Fit.EQUAL;
        Optional<Selector> ours = response.first(TsPayload.class, PayloadType.TSI)
                .flatMap(ts -> TrafficSelection.match(ts, c.local().client().orElseThrow(), fit));
        Optional<Selector> theirs = response.first(TsPayload.class, PayloadType.TSR)
                .flatMap(ts -> TrafficSelection.match(ts, c.remote().client().orElseThrow(), fit));
        if (ours.isEmpty() || theirs.isEmpty()) {
            child.logger().log(RcCode.LOG_SERIOUS, "CHILD SA failed: TS_UNACCEPTABLE");
            done.accept(Acceptance.REJECTED);
            return;
        }
        child.setSelectors(ours.get(), theirs.get());
        adopt(child, chosen.proposal());
        setOutbound(child, chosen.proposal());
        child.setPeerTakesTfc(!response.has(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        ChildKeys keys = ChildKeys.derive(
                child.ike().keys(), Optional.empty(), nonces, child.suite().orElseThrow());
        context.kernel().install(child, keys, installed -> {
            if (installed) {
                established(child);
                done.accept(Acceptance.SETTLED);
            } else if (context.sas().isAlive(child)) {
                child.logger().log(RcCode.LOG_SERIOUS, "CHILD SA encountered fatal error: INVALID_SYNTAX");
                done.accept(Acceptance.FATAL);
            } else {
                done.accept(Acceptance.SETTLED);
            }
        });
    }

    private static void adopt(ChildSa child, Proposal proposal) {
        child.setSuite(proposal.childSuite(), proposal.extendedSequenceNumbers(), proposal.firstGroup());
    }

    private static void setOutbound(ChildSa child, Proposal proposal) {
        SaId inbound = child.inbound().orElseThrow();
        child.setOutbound(new SaId(
                /* source= */ inbound.destination(),
                /* destination= */ inbound.source(),
                child.protocol(),
                proposal.spi().buffer().getInt()));
    }

    private void established(ChildSa child) {
        context.sas().setState(child, V2State.ESTABLISHED_CHILD_SA);
        child.connection().setNewestChild(Optional.of(child.serial()));
        context.lifecycle().armChildLife(child);
        child.logger().log(RcCode.SUCCESS, ChildText.established(child));
        child.logger().detachAll();
    }
}
