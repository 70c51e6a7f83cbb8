// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.RoutingState;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.v2.TrafficSelection.Fit;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaId;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalBuilder.NoGroups;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.proposal.Proposals;
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
    private final ChildCompression compression;

    /** How it went to put a Child SA into the kernel. */
    enum Installed {
        UP,
        /** The kernel did not take it. */
        REFUSED,
        /** It was ended by other means meanwhile. */
        GONE
    }

    ChildNegotiation(Context context) {
        this.context = context;
        this.compression = new ChildCompression(context.kernel());
    }

    /** Whether a message proposes, or accepts, a Child SA. */
    static boolean isIn(Incoming message) {
        return message.first(SaPayload.class).isPresent()
                && message.first(TsPayload.class, PayloadType.TSI).isPresent()
                && message.first(TsPayload.class, PayloadType.TSR).isPresent();
    }

    /** What we ask for; {@code offered} are the proposals. */
    List<Payload> request(ChildSa child, Proposals offered) throws KernelException {
        Connection c = child.connection();
        child.setProtocol(protocol(c));
        compression.reserve(child);
        context.kernel().reserve(child);
        context.sas().index(child);
        Bytes spi = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(offered.offer(spi));
        payloads.add(TrafficSelection.initiator(c.local().client().orElseThrow()));
        payloads.add(TrafficSelection.responder(c.remote().client().orElseThrow()));
        payloads.addAll(ChildCompression.offer(child));
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
     * Answers the peer's wish for a first Child SA, in IKE_AUTH.
     *
     * @param done told the payloads of the answer: of the Child SA made, or one notify that refuses it; on the loop,
     *     maybe at once
     */
    void respond(IkeSa ike, Incoming request, Nonces nonces, Consumer<List<Payload>> done) {
        ChildSa child = context.newSas().child(ike.connection(), ike, IkeRole.RESPONDER, V2State.IKE_AUTH_CHILD_R0);
        try {
            findConnection(child, request);
            Proposal proposal = judge(
                    child,
                    request,
                    ConnectionProposals.child(child.connection(), new NoGroups()),
                    "IKE_AUTH responder matching remote ESP/AH proposals");
            ChildKeys keys = ChildKeys.derive(
                    ike.keys(), Optional.empty(), nonces, child.suite().orElseThrow());
            answer(child, proposal, keys, done);
        } catch (ChildRefused refused) {
            context.lifecycle().endChild(child, Lifecycle.Notice.NEVER);
            done.accept(refused.answer());
        }
    }

    /**
     * Judges what the peer proposes for a Child SA whose connection is found, and adopts what is chosen.
     *
     * @param step what the log calls this step
     */
    Proposal judge(ChildSa child, Incoming request, Proposals ours, String step) throws ChildRefused {
        Connection c = child.connection();
        Proposal proposal =
                chosen(child, ProposalMatcher.choose(ours, request.need(SaPayload.class), false, true), step);
        boolean transport = request.has(NotifyType.USE_TRANSPORT_MODE);
        boolean wantsTransport = !c.has(ConnectionPolicy.TUNNEL);
        if (transport && !wantsTransport) {
            child.logger().log("policy dictates Tunnel Mode, ignoring peer's request for Transport Mode");
        } else if (!transport && wantsTransport) {
            child.logger().log(RcCode.LOG_SERIOUS, "policy dictates Transport Mode, but peer requested Tunnel Mode");
            throw new ChildRefused(NotifyType.NO_PROPOSAL_CHOSEN);
        }
        child.setMode(wantsTransport ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL);
        child.setProtocol(protocol(c));
        child.setProposal(proposal);
        ChildCompression.judge(child, request);
        child.setPeerTakesTfc(!request.has(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        return proposal;
    }

    private static Proposal chosen(ChildSa child, Selection selection, String step) throws ChildRefused {
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> child.logger().log(RcCode.LOG_SERIOUS, line));
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            step + " failed, responder SA processing returned "
                                    + refused.notification().shortName());
            throw new ChildRefused(refused.notification());
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        chosen.log().forEach(child.logger()::log);
        chosen.debug().forEach(child.logger()::debug);
        return chosen.proposal();
    }

    /**
     * Puts a Child SA that the peer asked for into the kernel.
     *
     * @param keys destroyed in any case
     * @param done told the payloads of the answer, as by {@link #respond}
     */
    void answer(ChildSa child, Proposal proposal, ChildKeys keys, Consumer<List<Payload>> done) {
        try {
            context.kernel().reserve(child);
            compression.reserveIfAgreed(child);
            context.sas().index(child);
        } catch (KernelException refused) {
            keys.close();
            child.logger().log(RcCode.LOG_SERIOUS, refused.getMessage());
            context.lifecycle().endChild(child, Lifecycle.Notice.NEVER);
            done.accept(new ChildRefused(NotifyType.NO_ADDITIONAL_SAS).answer());
            return;
        }
        setOutbound(child, proposal);
        context.kernel().install(child, keys, installed -> {
            if (!installed) {
                context.lifecycle().endChild(child, Lifecycle.Notice.NEVER);
                done.accept(new ChildRefused(NotifyType.TS_UNACCEPTABLE).answer());
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
        payloads.addAll(ChildCompression.answer(child));
        return payloads;
    }

    /** Finds the connection whose clients are those that the peer names, the IKE SA's own first. */
    void findConnection(ChildSa child, Incoming request) throws ChildRefused {
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
            if (c != ike.connection() && c.isOriented() && c.hasSameEnds(ike.connection())) {
                candidates.add(c);
            }
        }
        for (Connection c : candidates) {
            if (takes(child, c, tsi, tsr)) {
                return;
            }
        }
        for (Connection template : context.connections()
                .findByHosts(ike.socket().interfaceAddress().address(), Optional.empty())) {
            IpAddress peer = ike.remote().address();
            if (template.kind() == ConnectionKind.TEMPLATE
                    && template.hasSameEnds(ike.connection())
                    && agreed(template, peer, tsi, tsr).isPresent()) {
                takes(
                        child,
                        context.instances().make(template, Optional.of(peer), Optional.of(ike.peerId())),
                        tsi,
                        tsr);
                return;
            }
        }
        child.logger().log(RcCode.LOG_SERIOUS, "No IKEv2 connection found with compatible Traffic Selectors");
        throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
    }

    /** For the successor of a Child SA: what the predecessor carries must be carried on. */
    void keepConnection(ChildSa child, ChildSa predecessor, Incoming request) throws ChildRefused {
        TsPayload tsi = request.first(TsPayload.class, PayloadType.TSI).orElseThrow();
        TsPayload tsr = request.first(TsPayload.class, PayloadType.TSR).orElseThrow();
        if (!takes(child, predecessor.connection(), tsi, tsr)) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "rekey: received Traffic Selectors does not contain existing IPsec SA Traffic Selectors");
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
    }

    private boolean takes(ChildSa child, Connection c, TsPayload tsi, TsPayload tsr) {
        Optional<Agreed> agreed = agreed(c, child.ike().remote().address(), tsi, tsr);
        agreed.ifPresent(traffic -> {
            context.lifecycle().switchTo(child, c);
            carry(child, traffic.ours(), traffic.theirs());
        });
        return agreed.isPresent();
    }

    /** What a Child SA is to carry. */
    private record Agreed(Selector ours, Selector theirs) {}

    /** @param peer the client of a template that has none */
    private static Optional<Agreed> agreed(Connection c, IpAddress peer, TsPayload tsi, TsPayload tsr) {
        boolean narrows = c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING);
        Selector remote = c.remote()
                .client()
                .filter(client ->
                        c.kind() != ConnectionKind.TEMPLATE || c.remote().hasClient())
                .orElseGet(() -> c.remote().config().client().selectorOf(Subnet.host(peer)));
        Optional<Selector> ours = c.local().client().flatMap(own -> match(tsr, own, narrows));
        return match(tsi, remote, narrows).flatMap(theirs -> ours.map(o -> new Agreed(o, theirs)));
    }

    /** Ours, or what both ends have in common where that may be less. */
    private static Optional<Selector> match(TsPayload theirs, Selector own, boolean narrows) {
        return narrows
                ? TrafficSelection.match(theirs, own, Fit.OURS_WITHIN)
                        .or(() -> TrafficSelection.match(theirs, own, Fit.PEERS_WITHIN))
                : TrafficSelection.match(theirs, own, Fit.EQUAL);
    }

    /** An instance is for what was agreed on, which may be less than its template allows. */
    private static void carry(ChildSa child, Selector ours, Selector theirs) {
        child.setSelectors(ours, theirs);
        Connection c = child.connection();
        if (c.kind() == ConnectionKind.INSTANCE && c.routing() == RoutingState.UNROUTED) {
            c.local().setClient(ours);
            c.remote().setClient(theirs);
        }
    }

    /**
     * Takes what the peer answered to our {@link #request}: adopts what it chose.
     *
     * @param offered the proposals of the request
     * @param step what the log calls this step
     */
    void adopt(ChildSa child, Incoming response, Proposals offered, String step) throws ChildRefused {
        Connection c = child.connection();
        boolean transport = response.has(NotifyType.USE_TRANSPORT_MODE);
        if (transport != !c.has(ConnectionPolicy.TUNNEL)) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            transport
                                    ? "local policy requires Tunnel Mode but peer requires required Transport Mode"
                                    : "local policy requires Transport Mode but peer requires required Tunnel Mode");
            throw new ChildRefused(NotifyType.NO_PROPOSAL_CHOSEN);
        }
        child.setMode(transport ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL);
        Proposal proposal =
                chosen(child, ProposalMatcher.accept(offered, response.need(SaPayload.class), false, true), step);
        // What the peer narrowed must lie within what we asked for.
        Fit fit = c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING) ? Fit.PEERS_WITHIN : Fit.EQUAL;
        Optional<Selector> ours = response.first(TsPayload.class, PayloadType.TSI)
                .flatMap(ts -> TrafficSelection.match(ts, c.local().client().orElseThrow(), fit));
        Optional<Selector> theirs = response.first(TsPayload.class, PayloadType.TSR)
                .flatMap(ts -> TrafficSelection.match(ts, c.remote().client().orElseThrow(), fit));
        if (ours.isEmpty() || theirs.isEmpty()) {
            child.logger().log(RcCode.LOG_SERIOUS, "CHILD SA failed: TS_UNACCEPTABLE");
            throw new ChildRefused(NotifyType.TS_UNACCEPTABLE);
        }
        carry(child, ours.get(), theirs.get());
        child.setProposal(proposal);
        setOutbound(child, proposal);
        ChildCompression.adopt(child, response);
        child.setPeerTakesTfc(!response.has(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
    }

    /**
     * Puts a Child SA that we asked for and that was {@link #adopt adopted} into the kernel.
     *
     * @param keys destroyed in any case
     * @param done told how it went; on the loop, maybe at once
     */
    void install(ChildSa child, ChildKeys keys, Consumer<Installed> done) {
        context.kernel().install(child, keys, installed -> {
            if (installed) {
                established(child);
                done.accept(Installed.UP);
            } else if (context.sas().isAlive(child)) {
                child.logger().log(RcCode.LOG_SERIOUS, "CHILD SA encountered fatal error: INVALID_SYNTAX");
                done.accept(Installed.REFUSED);
            } else {
                done.accept(Installed.GONE);
            }
        });
    }

    private void setOutbound(ChildSa child, Proposal proposal) {
        SaId inbound = child.inbound().orElseThrow();
        child.setOutbound(new SaId(
                /* source= */ inbound.destination(),
                /* destination= */ inbound.source(),
                child.protocol(),
                proposal.spi().buffer().getInt()));
        context.sas().index(child);
    }

    private void established(ChildSa child) {
        context.sas().setState(child, V2State.ESTABLISHED_CHILD_SA);
        child.connection().setNewestChild(Optional.of(child.serial()));
        context.lifetimes().armChildLife(child);
        child.logger().log(RcCode.SUCCESS, ChildText.established(child));
        child.logger().detachAll();
    }
}
