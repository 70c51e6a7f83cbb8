// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.ChildText;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Progress;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.exchange.v2.agreement.ImpairedProposals;
import org.jswan.impair.Impairments;
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
public final class ChildNegotiation {
    private final Context context;
    private final ChildCompression compression;
    private final ChildSelectors selectors;
    private final ConfigurationPayloads configuration;

    /** How it went to put a Child SA into the kernel. */
    public enum Installed {
        UP,
        /** The kernel did not take it. */
        REFUSED,
        /** It was ended by other means meanwhile. */
        GONE
    }

    public ChildNegotiation(Context context) {
        this.context = context;
        this.compression = new ChildCompression(context.kernel());
        this.selectors = new ChildSelectors(context);
        this.configuration = new ConfigurationPayloads(context);
    }

    private Impairments impair() {
        return context.world().impair();
    }

    /** Whether a message proposes, or accepts, a Child SA. */
    public static boolean isIn(Incoming message) {
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
        payloads.add(ImpairedProposals.offer(offered, spi, impair(), child.ike().logger()));
        payloads.addAll(ImpairedSelectors.of(
                child,
                impair(),
                TrafficSelection.initiator(c.local(), c.label()),
                TrafficSelection.responder(c.remote(), c.label())));
        payloads.addAll(ChildCompression.offer(child));
        if (!c.has(ConnectionPolicy.TUNNEL)) {
            payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
        }
        if (c.config().announcements().noEspTfc()) {
            payloads.add(NotifyPayload.of(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        }
        return payloads;
    }

    /** The same in IKE_AUTH, where we may ask for our configuration, too. */
    public List<Payload> firstRequest(ChildSa child, Proposals offered) throws KernelException {
        List<Payload> payloads = request(child, offered);
        if (ConfigurationPayloads.isWanted(child)) {
            payloads.add(0, ConfigurationPayloads.payload(child.connection()));
        }
        if (ConfigurationPayloads.isAlsoSent(child)) {
            payloads.add(ConfigurationPayloads.payload(child.connection()));
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
    public void respond(IkeSa ike, Incoming request, Nonces nonces, Consumer<List<Payload>> done) {
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
        child.setConfigured(configuration.isAnswered(child, request));
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
        chosen.log().forEach(line -> Progress.tell(child, line));
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

    private List<Payload> answer(ChildSa child, Proposal proposal) {
        List<Payload> payloads = new ArrayList<>();
        if (child.isConfigured()) {
            payloads.add(ConfigurationPayloads.payload(child.connection()));
        }
        Bytes spi = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        payloads.add(
                ImpairedProposals.answer(proposal, spi, impair(), child.ike().logger()));
        // Whoever began the exchange is the initiator of its traffic selectors (RFC 7296 §2.9).
        payloads.addAll(ImpairedSelectors.of(
                child,
                impair(),
                TrafficSelection.initiator(
                        child.connection().remote(), child.connection().label()),
                TrafficSelection.responder(
                        child.connection().local(), child.connection().label())));
        if (child.mode() == IpsecMode.TRANSPORT) {
            payloads.add(NotifyPayload.of(NotifyType.USE_TRANSPORT_MODE));
        }
        if (child.connection().config().announcements().noEspTfc()) {
            payloads.add(NotifyPayload.of(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
        }
        payloads.addAll(ChildCompression.answer(child));
        return payloads;
    }

    /**
     * Finds the connection that the Child SA is for: the peer's own with an address out of its pool, or the one whose
     * clients fit best what the peer names.
     */
    void findConnection(ChildSa child, Incoming request) throws ChildRefused {
        if (configuration.isAsked(child, request)) {
            configuration.lease(child);
        } else {
            selectors.find(child, request);
        }
    }

    /** For the successor of a Child SA: what the predecessor carries must be carried on. */
    void keepConnection(ChildSa child, Incoming request) throws ChildRefused {
        selectors.keep(child, request);
    }

    /**
     * Takes what the peer answered to our {@link #request}: adopts what it chose.
     *
     * @param offered the proposals of the request
     * @param step what the log calls this step
     */
    public void adopt(ChildSa child, Incoming response, Proposals offered, String step) throws ChildRefused {
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
        if (child.state() == V2State.IKE_AUTH_CHILD_I0) {
            configuration.take(child, response);
        }
        try {
            selectors.accept(child, response);
        } catch (ChildRefused refused) {
            child.logger().log(RcCode.LOG_SERIOUS, "CHILD SA failed: TS_UNACCEPTABLE");
            throw refused;
        }
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
    public void install(ChildSa child, ChildKeys keys, Consumer<Installed> done) {
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
        context.lifecycle().releaseWaiting(child);
    }
}
