// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.exchange.Context;
import org.jswan.exchange.Dispatcher.InitRequests;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.LogLimiter;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.exchange.v2.agreement.ImpairedProposals;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.exchange.v2.auth.CertificatePayloads;
import org.jswan.exchange.v2.auth.PostquantumKeys;
import org.jswan.exchange.v2.auth.SignatureHashes;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.proposal.Proposals;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.redirect.Redirections;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.world.World;

/** Answers the first exchange (RFC 7296 §1.2): algorithms, nonces, Diffie-Hellman. Whom it answers comes before.
 *
 * <pre>
 * HDR, [N(COOKIE),] SAi1, KEi, Ni, [N...]  --&gt;
 *                                          &lt;--  HDR, SAr1, KEr, Nr, [N...]
 *                                      or  &lt;--  HDR, N(COOKIE)
 *                                      or  &lt;--  HDR, N(INVALID_KE_PAYLOAD)
 * </pre>
 */
public final class IkeSaInitResponder implements InitRequests {
    private final Context context;
    private final World world;
    private final Transmitter transmitter;
    private final Cookies cookies;
    private final HalfOpenLimit limit;
    private final GlobalRedirect redirect;
    private final PeerSearch search;
    private final CertificatePayloads certificates;
    private final Bytes vendorId;
    private final Logger strangers;

    public IkeSaInitResponder(
            Context context,
            Transmitter transmitter,
            Cookies cookies,
            HalfOpenLimit limit,
            GlobalRedirect redirect,
            Bytes vendorId) {
        this.context = context;
        this.world = context.world();
        this.transmitter = transmitter;
        this.cookies = cookies;
        this.limit = limit;
        this.redirect = redirect;
        this.search = new PeerSearch(context);
        this.certificates = new CertificatePayloads(context);
        this.vendorId = vendorId;
        this.strangers = new Logger(new LogLimiter(world.log(), world.clock()), "");
    }

    /** The transition of this end. */
    public List<Row> rows() {
        return List.of(row("Respond to IKE_SA_INIT")
                .on(ExchangeType.IKE_SA_INIT, REQUEST)
                .from(V2State.PARENT_R0)
                .to(V2State.PARENT_R1)
                .clear(SA, KE, NONCE)
                .then(Row.Timer.DISCARD)
                .announce(Row.Announcement.STORY_AND_ALGORITHMS)
                .by(this::respond));
    }

    @Override
    public void refuse(Incoming request, NotifyPayload notify) {
        if (!limit.demandsCookies()) {
            transmitter.sendStateless(request.socket(), request.sender(), request.header(), notify);
        }
    }

    @Override
    public Optional<IkeSa> accept(Incoming request) {
        if (limit.refusesAll()) {
            world.logger().debug("overloaded with half-open IKE SAs; dropping new exchange");
            return Optional.empty();
        }
        if (!passesCookie(request)) {
            return Optional.empty();
        }
        IkeSocket socket = request.socket();
        Endpoint peer = request.sender();
        if (redirect.concerns(request)) {
            redirect.answer(request)
                    .ifPresent(notify -> transmitter.sendStateless(socket, peer, request.header(), notify));
            return Optional.empty();
        }
        if (limit.refusesOpportunistic() && InitAgreement.isOpportunistic(request)) {
            world.logger().debug("Dropped IKE request for Opportunistic IPsec by global policy");
            return Optional.empty();
        }
        return connectionFor(request).map(c -> context.newSas()
                .responder(c, request.header().initiatorSpi(), socket, peer, V2State.PARENT_R0));
    }

    private long halfOpenOfSender(Incoming request) {
        IpAddress us = request.socket().interfaceAddress().address();
        return context
                .connections()
                .findByHosts(us, Optional.of(request.sender().address()))
                .stream()
                .filter(c ->
                        c.kind() == ConnectionKind.INSTANCE && c.newestIke().isEmpty())
                .count();
    }

    private boolean passesCookie(Incoming request) {
        Optional<Bytes> brought = Cookies.broughtBy(request);
        if (brought.isEmpty()) {
            limit.stranger();
        }
        if (brought.isEmpty() && !limit.demandsCookies(halfOpenOfSender(request))) {
            return true;
        }
        if (Agreement.nonceFault(Agreement.nonce(request), "Ni").isPresent()) {
            new Logger(world.log(), request.prefix()).log("DOS cookie failed as Ni payload invalid - dropping message");
            return false;
        }
        if (brought.isEmpty()) {
            transmitter.sendStateless(
                    request.socket(),
                    request.sender(),
                    request.header(),
                    NotifyPayload.of(NotifyType.COOKIE, cookies.cookie(request)));
            return false;
        }
        if (!cookies.isGood(brought.get(), request)) {
            new Logger(world.log(), request.prefix()).log("DOS cookies do not match - dropping message");
            return false;
        }
        return true;
    }

    /** The connection for the peer; without one it is refused, or hears nothing. */
    private Optional<Connection> connectionFor(Incoming request) {
        IkeSocket socket = request.socket();
        PeerSearch.Result result = search.find(
                socket.interfaceAddress().address(), request.sender().address());
        if (result instanceof PeerSearch.Found found) {
            return Optional.of(found.connection());
        }
        if (!(result instanceof PeerSearch.Overlooked)) {
            strangers.log(
                    RcCode.LOG_SERIOUS,
                    request.prefix() + ExchangeType.IKE_SA_INIT + " message received on " + socket.local()
                            + " but no suitable connection found with IKEv2 policy");
        }
        if (!(result instanceof PeerSearch.LeftAlone)) {
            transmitter.sendStateless(
                    socket, request.sender(), request.header(), NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN));
        }
        return Optional.empty();
    }

    /** HDR, SAi1, KEi, Ni --> HDR, SAr1, KEr, Nr. */
    private Verdict respond(IkeSa ike, Incoming request) throws ProtocolFailure {
        ike.moveTo(request.socket(), request.sender());
        InitAgreement.tellVendorIds(ike, request);
        Proposals ours = ConnectionProposals.ike(ike.connection());
        Proposal chosen = InitAgreement.chosen(
                ike, ProposalMatcher.choose(ours, request.need(SaPayload.class), true, false), true);
        ike.setProposal(chosen);
        KeGroup group = ike.suite().orElseThrow().group();
        KePayload ke = request.need(KePayload.class);
        if (ke.group() != Agreement.groupId(group)) {
            context.sas().statistics().countWrongGroup("sent", ke.group(), Agreement.groupId(group));
            throw new ProtocolFailure(
                    Optional.of(NotifyType.INVALID_KE_PAYLOAD),
                    Agreement.groupOctets(group),
                    Scope.IKE_SA,
                    "initiator guessed wrong keying material group (" + Agreement.groupName(ke)
                            + "); responding with INVALID_KE_PAYLOAD requesting " + group.fqn());
        }
        InitAgreement.checkLength(ke, group, Optional.of(NotifyType.INVALID_SYNTAX));
        Negotiation n = ike.negotiation();
        n.setGroup(group);
        n.setRemoteKe(ke.data());
        n.setInitiatorNonce(InitAgreement.nonce(request, "Ni", Optional.of(NotifyType.INVALID_SYNTAX)));
        n.setRemoteMessage(request.octets());
        context.sas().setHeldOctets(ike, request.octets().length());
        n.setPeerFragments(request.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        PostquantumKeys.learn(ike, request);
        Intermediate.learn(ike, request);
        SignatureHashes.learn(ike, request, world.impair());
        n.setPeerTakesRedirect(Redirections.isSupportedBy(request));
        ike.setNat(NatDetection.detect(ike, request));
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> group.generate(world.random()),
                        outcome -> resume.resume(() -> {
                            KeyExchange share = InitAgreement.valueOf(outcome);
                            return certificates.forInitResponse(ike, asked -> answer(ike, chosen, share, asked));
                        })));
    }

    private Verdict answer(IkeSa ike, Proposal chosen, KeyExchange ke, List<Payload> certificateRequest) {
        Connection c = ike.connection();
        Negotiation n = ike.negotiation();
        n.setLocalKe(ke);
        n.setResponderNonce(world.random().bytes(Agreement.NONCE_LENGTH));
        ike.setFragmentationAllowed(n.peerFragments() && c.has(ConnectionPolicy.IKE_FRAG_ALLOW));
        List<Payload> payloads = new ArrayList<>();
        payloads.add(ImpairedProposals.answer(chosen, Bytes.EMPTY, world.impair(), ike.logger()));
        payloads.addAll(KeyShare.payload(n.group(), ke.publicValue(), world.impair(), ike.logger()));
        payloads.add(new NoncePayload(n.responderNonce()));
        if (c.has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        payloads.addAll(PostquantumKeys.answer(ike));
        payloads.addAll(Intermediate.answer(ike));
        // IKE_AUTH may find another connection, so this one's way to authenticate counts for nothing yet.
        if (world.impair().on(Impairment.OMIT_V2N_SIGNATURE_HASH_ALGORITHMS)) {
            ike.logger().log("IMPAIR: omitting SIGNATURE_HASH_ALGORITHMS notification in IKE_SA_INIT response");
        } else {
            SignatureHashes.payload(c).ifPresent(payloads::add);
        }
        payloads.addAll(NatDetection.payloads(ike, ike.responderSpi()));
        if (world.impair().on(Impairment.CHILDLESS_IKEV2_SUPPORTED)) {
            ike.logger().log("IMPAIR: omitting CHILDESS_IKEV2_SUPPORTED notify");
        } else {
            payloads.add(NotifyPayload.of(NotifyType.CHILDLESS_IKEV2_SUPPORTED));
        }
        payloads.addAll(certificateRequest);
        payloads.addAll(InitAgreement.vendorIds(c, vendorId));
        return Verdict.reply(payloads);
    }

    @Override
    public void computeKeys(IkeSa ike, Runnable ready) {
        Negotiation n = ike.negotiation();
        if (ike.role() != IkeRole.RESPONDER) {
            throw new IllegalStateException("only a responder computes its keys late");
        }
        ike.setSuspended(true);
        world.helpers().submit(() -> n.localKe().sharedSecret(n.remoteKe()), outcome -> {
            if (!context.sas().isAlive(ike)) {
                return;
            }
            ike.setSuspended(false);
            if (outcome.failure() != null) {
                ike.logger().log(RcCode.LOG_SERIOUS, KeyShare.failure(outcome));
                context.lifecycle().end(ike, Lifecycle.Notice.NEVER);
                return;
            }
            InitAgreement.deriveKeys(ike, outcome.value());
            ready.run();
        });
    }
}
