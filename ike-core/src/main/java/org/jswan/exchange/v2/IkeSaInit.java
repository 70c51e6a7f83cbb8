// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.CERTREQ;
import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Dispatcher.InitRequests;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkePorts;
import org.jswan.net.IkeSocket;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.proposal.Proposals;
import org.jswan.proposal.Selection;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;
import org.jswan.wire.v2.VendorIdPayload;
import org.jswan.world.World;

/**
 * The first exchange (RFC 7296 §1.2): algorithms, nonces, Diffie-Hellman.
 *
 * <pre>
 * HDR, [N(COOKIE),] SAi1, KEi, Ni, [N...]  --&gt;
 *                                          &lt;--  HDR, SAr1, KEr, Nr, [N...]
 *                                      or  &lt;--  HDR, N(COOKIE)
 *                                      or  &lt;--  HDR, N(INVALID_KE_PAYLOAD)
 * </pre>
 */
public final class IkeSaInit implements InitRequests {
    private static final int LONGEST_COOKIE = 64;

    /** A responder that asks for a new beginning more often than this is not answered any more. */
    private static final int MAXIMUM_RESTARTS = 10;

    private final Context context;
    private final World world;
    private final Transmitter transmitter;
    private final Cookies cookies;
    private final HalfOpenLimit limit;
    private final Intermediate intermediate;
    private final CertificatePayloads certificates;
    private final Bytes vendorId;

    public IkeSaInit(
            Context context,
            Transmitter transmitter,
            Cookies cookies,
            HalfOpenLimit limit,
            Intermediate intermediate,
            Bytes vendorId) {
        this.context = context;
        this.world = context.world();
        this.transmitter = transmitter;
        this.cookies = cookies;
        this.limit = limit;
        this.intermediate = intermediate;
        this.certificates = new CertificatePayloads(context);
        this.vendorId = vendorId;
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                row("Respond to IKE_SA_INIT")
                        .on(ExchangeType.IKE_SA_INIT, REQUEST)
                        .from(V2State.PARENT_R0)
                        .to(V2State.PARENT_R1)
                        .clear(SA, KE, NONCE)
                        .then(Row.Timer.DISCARD)
                        .announce(Row.Announcement.STORY_AND_ALGORITHMS)
                        .by(this::respond),
                row("Initiator: begin again with the cookie asked for")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I0)
                        .clear()
                        .with(NotifyType.COOKIE)
                        .by(this::cookieAsked),
                row("Initiator: begin again with the group asked for")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I0)
                        .clear()
                        .with(NotifyType.INVALID_KE_PAYLOAD)
                        .by(this::otherGroupAsked),
                row("Initiator: process IKE_SA_INIT response, initiate IKE_AUTH")
                        .on(ExchangeType.IKE_SA_INIT, RESPONSE)
                        .from(V2State.PARENT_I1)
                        .to(V2State.PARENT_I2)
                        .clear(SA, KE, NONCE)
                        .optional(CERTREQ)
                        .then(Row.Timer.RETRANSMIT)
                        .announce(Row.Announcement.STORY_AND_ALGORITHMS)
                        .by(this::responded));
    }

    @Override
    public Verdict begin(IkeSa ike) {
        Negotiation n = ike.negotiation();
        if (n.initiatorNonce().isEmpty()) {
            n.setInitiatorNonce(world.random().bytes(Agreement.NONCE_LENGTH));
        }
        if (n.group() == null) {
            Optional<KeGroup> first = ConnectionProposals.ike(ike.connection()).firstGroup();
            if (first.isEmpty()) {
                return Verdict.suspend(resume -> resume.resume(() -> {
                    throw ProtocolFailure.silent(Scope.IKE_SA, "proposals do not contain a valid DH");
                }));
            }
            n.setGroup(first.get());
        }
        if (n.localKe() != null && n.localKe().group() == n.group()) {
            return Verdict.advance();
        }
        KeGroup group = n.group();
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> group.generate(world.random()),
                        outcome -> resume.resume(() -> {
                            n.setLocalKe(valueOf(outcome));
                            return Verdict.advance();
                        })));
    }

    @Override
    public List<Payload> requestPayloads(IkeSa ike) {
        Connection c = ike.connection();
        Negotiation n = ike.negotiation();
        List<Payload> payloads = new ArrayList<>();
        if (world.impair().on(Impairment.SEND_BOGUS_DCOOKIE)) {
            ike.logger().debug("Mangling dcookie because --impair-send-bogus-dcookie is set");
            n.setCookie(world.random().bytes(1));
        }
        if (!n.cookie().isEmpty()) {
            payloads.add(NotifyPayload.of(NotifyType.COOKIE, n.cookie()));
        }
        payloads.add(ConnectionProposals.ike(c).offer(Bytes.EMPTY));
        payloads.addAll(KeyShare.payload(n.group(), n.localKe().publicValue(), world.impair(), ike.logger()));
        payloads.add(new NoncePayload(n.initiatorNonce()));
        if (c.has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        payloads.addAll(PostquantumKeys.offer(c));
        payloads.addAll(Intermediate.offer(c));
        // The responder is to sign with one of these; which connection is for us is settled, so ask only if it signs.
        if (SignatureHashes.sign(c.remote().config().authby())) {
            SignatureHashes.payload(c).ifPresent(payloads::add);
        }
        payloads.addAll(NatDetection.payloads(ike, IkeSpi.ZERO));
        addVendorId(c, payloads);
        return payloads;
    }

    private void addVendorId(Connection c, List<Payload> payloads) {
        if (c.config().announcements().vendorId()) {
            payloads.add(new VendorIdPayload(vendorId));
        }
    }

    private static <T> T valueOf(Outcome<T> outcome) throws ProtocolFailure {
        if (outcome.failure() != null) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA, "Diffie-Hellman failed: " + outcome.failure().getMessage());
        }
        return outcome.value();
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
        Optional<Connection> connection = connectionFor(socket, peer);
        if (connection.isEmpty()) {
            transmitter.sendStateless(socket, peer, request.header(), NotifyPayload.of(NotifyType.NO_PROPOSAL_CHOSEN));
            return Optional.empty();
        }
        return Optional.of(context.lifecycle()
                .newResponder(connection.get(), request.header().initiatorSpi(), socket, peer));
    }

    private boolean passesCookie(Incoming request) {
        Optional<Bytes> brought = Cookies.broughtBy(request);
        if (!limit.demandsCookies() && brought.isEmpty()) {
            return true;
        }
        if (Agreement.nonceFault(Agreement.nonce(request), "Ni").isPresent()) {
            new Logger(world.log(), "packet from " + request.sender() + ": ")
                    .log("DOS cookie failed as Ni payload invalid - dropping message");
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
            new Logger(world.log(), "packet from " + request.sender() + ": ")
                    .log("DOS cookies do not match - dropping message");
            return false;
        }
        return true;
    }

    /** The connection for a peer of whom only the address is known: IKE_AUTH may find a better one. */
    private Optional<Connection> connectionFor(IkeSocket socket, Endpoint peer) {
        Optional<Connection> found = known(socket, peer)
                .or(() -> candidates(socket, Optional.empty())
                        .filter(c -> c.kind() == ConnectionKind.TEMPLATE)
                        .findFirst())
                .map(c -> c.kind() == ConnectionKind.TEMPLATE
                        ? context.instances().make(c, Optional.of(peer.address()), Optional.empty())
                        : c);
        if (found.isEmpty()) {
            world.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "packet from " + peer + ": " + ExchangeType.IKE_SA_INIT + " message received on "
                                    + socket.local() + " but no suitable connection found with IKEv2 policy");
        }
        return found;
    }

    /** A connection with that very peer: one that has an IKE SA, else the newest. */
    private Optional<Connection> known(IkeSocket socket, Endpoint peer) {
        List<Connection> fitting = candidates(socket, Optional.of(peer)).toList();
        return fitting.stream()
                .filter(c -> c.newestIke().isPresent())
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    private Stream<Connection> candidates(IkeSocket socket, Optional<Endpoint> peer) {
        return context
                .connections()
                .findByHosts(socket.interfaceAddress().address(), peer.map(Endpoint::address))
                .stream()
                .filter(c -> c.isOriented()
                        && !c.config().neverNegotiates()
                        && c.kind() != ConnectionKind.GROUP
                        && c.config().ikeVersion() == IkeVersion.IKEV2);
    }

    /** HDR, SAi1, KEi, Ni --> HDR, SAr1, KEr, Nr. */
    private Verdict respond(IkeSa ike, Incoming request) throws ProtocolFailure {
        ike.moveTo(request.socket(), request.sender());
        Proposals ours = ConnectionProposals.ike(ike.connection());
        Proposal chosen = chosen(ike, ProposalMatcher.choose(ours, request.need(SaPayload.class), true, false), true);
        ike.setProposal(chosen);
        KeGroup group = ike.suite().orElseThrow().group();
        KePayload ke = request.need(KePayload.class);
        if (ke.group() != Agreement.groupId(group)) {
            throw new ProtocolFailure(
                    Optional.of(NotifyType.INVALID_KE_PAYLOAD),
                    Agreement.groupOctets(group),
                    Scope.IKE_SA,
                    "initiator guessed wrong keying material group (" + Agreement.groupName(ke)
                            + "); responding with INVALID_KE_PAYLOAD requesting " + group.fqn());
        }
        checkLength(ke, group, Optional.of(NotifyType.INVALID_SYNTAX));
        Negotiation n = ike.negotiation();
        n.setGroup(group);
        n.setRemoteKe(ke.data());
        n.setInitiatorNonce(nonce(request, "Ni", Optional.of(NotifyType.INVALID_SYNTAX)));
        n.setRemoteMessage(request.octets());
        context.sas().setHeldOctets(ike, request.octets().length());
        n.setPeerFragments(request.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        PostquantumKeys.learn(ike, request);
        Intermediate.learn(ike, request);
        SignatureHashes.learn(ike, request);
        ike.setNat(NatDetection.detect(ike, request));
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> group.generate(world.random()),
                        outcome -> resume.resume(() -> {
                            KeyExchange share = valueOf(outcome);
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
        payloads.add(SaPayload.of(List.of(chosen.answer(Bytes.EMPTY))));
        payloads.addAll(KeyShare.payload(n.group(), ke.publicValue(), world.impair(), ike.logger()));
        payloads.add(new NoncePayload(n.responderNonce()));
        if (c.has(ConnectionPolicy.IKE_FRAG_ALLOW)) {
            payloads.add(NotifyPayload.of(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED));
        }
        payloads.addAll(PostquantumKeys.answer(ike));
        payloads.addAll(Intermediate.answer(ike));
        // IKE_AUTH may find another connection, so this one's way to authenticate counts for nothing yet.
        SignatureHashes.payload(c).ifPresent(payloads::add);
        payloads.addAll(NatDetection.payloads(ike, ike.responderSpi()));
        payloads.add(NotifyPayload.of(NotifyType.CHILDLESS_IKEV2_SUPPORTED));
        payloads.addAll(certificateRequest);
        addVendorId(c, payloads);
        return Verdict.reply(payloads);
    }

    private Proposal chosen(IkeSa ike, Selection selection, boolean asResponder) throws ProtocolFailure {
        if (selection instanceof Selection.Chosen found) {
            found.log().forEach(ike.logger()::log);
            found.debug().forEach(ike.logger()::debug);
            return found.proposal();
        }
        Selection.Refused refused = (Selection.Refused) selection;
        refused.log().forEach(line -> ike.logger().log(RcCode.LOG_SERIOUS, line));
        Optional<NotifyType> tell = asResponder ? Optional.of(refused.notification()) : Optional.empty();
        throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, "");
    }

    private static Bytes nonce(Incoming message, String name, Optional<NotifyType> tell) throws ProtocolFailure {
        Bytes nonce = Agreement.nonce(message);
        Optional<String> fault = Agreement.nonceFault(nonce, name);
        if (fault.isPresent()) {
            throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, fault.get());
        }
        return nonce;
    }

    private static void checkLength(KePayload ke, KeGroup group, Optional<NotifyType> tell) throws ProtocolFailure {
        Optional<String> fault = Agreement.lengthFault(ke, group);
        if (fault.isPresent()) {
            throw new ProtocolFailure(tell, Bytes.EMPTY, Scope.IKE_SA, fault.get());
        }
    }

    /** HDR, N(COOKIE) --> the same request again, the cookie in front. */
    private Verdict cookieAsked(IkeSa ike, Incoming response) {
        Bytes cookie = response.notify(NotifyType.COOKIE).orElseThrow().data();
        if (cookie.isEmpty() || cookie.length() > LONGEST_COOKIE) {
            ike.logger()
                    .log("IKEv2 COOKIE notify payload too " + (cookie.isEmpty() ? "small" : "big")
                            + " - packet dropped");
            return Verdict.drop("cookie of " + cookie.length() + " octets");
        }
        if (tooManyRestarts(ike)) {
            return Verdict.drop("restarted too often");
        }
        ike.negotiation().setCookie(cookie);
        ike.logger().log("received anti-DDOS COOKIE response, resending IKE_SA_INIT request with COOKIE payload");
        return new Verdict.Restart();
    }

    /** HDR, N(INVALID_KE_PAYLOAD) --> the request again with the group that the responder wants. */
    private Verdict otherGroupAsked(IkeSa ike, Incoming response) {
        Bytes data =
                response.notify(NotifyType.INVALID_KE_PAYLOAD).orElseThrow().data();
        String sent = ike.negotiation().group().fqn();
        Optional<KeGroup> wanted = Agreement.groupAsked(data);
        if (wanted.isEmpty()
                || !ConnectionProposals.ike(ike.connection()).includesGroup(wanted.get())
                || wanted.get() == ike.negotiation().group()) {
            ike.logger()
                    .log("Discarding unauthenticated INVALID_KE_PAYLOAD response to DH " + sent + "; suggested DH "
                            + wanted.map(KeGroup::fqn).orElse(data.hex()) + " is not acceptable");
            return Verdict.drop("unacceptable group");
        }
        if (tooManyRestarts(ike)) {
            return Verdict.drop("restarted too often");
        }
        ike.logger()
                .log("Received unauthenticated INVALID_KE_PAYLOAD response to DH " + sent
                        + "; resending with suggested DH " + wanted.get().fqn());
        ike.negotiation().setGroup(wanted.get());
        return new Verdict.Restart();
    }

    private static boolean tooManyRestarts(IkeSa ike) {
        ike.negotiation().countRestart();
        return ike.negotiation().restarts() > MAXIMUM_RESTARTS;
    }

    /** HDR, SAr1, KEr, Nr --> HDR, SK {IDi, AUTH, SAi2, TSi, TSr}. */
    private Verdict responded(IkeSa ike, Incoming response) throws ProtocolFailure {
        Negotiation n = ike.negotiation();
        KePayload ke = response.need(KePayload.class);
        checkLength(ke, n.group(), Optional.empty());
        n.setResponderNonce(nonce(response, "Nr", Optional.empty()));
        Proposal accepted = chosen(
                ike,
                ProposalMatcher.accept(
                        ConnectionProposals.ike(ike.connection()), response.need(SaPayload.class), true, false),
                false);
        if (accepted.ikeSuite().group() != n.group() || ke.group() != Agreement.groupId(n.group())) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA,
                    "responder accepted " + accepted.ikeSuite().group().fqn()
                            + " but the KE payload is of another group");
        }
        if (response.header().responderSpi().isZero()) {
            throw ProtocolFailure.silent(Scope.IKE_SA, "IKE_SA_INIT response has a zero responder SPI");
        }
        ike.setProposal(accepted);
        n.setRemoteKe(ke.data());
        n.setRemoteMessage(response.octets());
        PostquantumKeys.learn(ike, response);
        Intermediate.learn(ike, response);
        SignatureHashes.learn(ike, response);
        CertificatePayloads.learnRequest(ike, response);
        ike.setResponderSpi(response.header().responderSpi());
        ike.setFragmentationAllowed(response.has(NotifyType.IKEV2_FRAGMENTATION_SUPPORTED)
                && ike.connection().has(ConnectionPolicy.IKE_FRAG_ALLOW));
        ike.setNat(NatDetection.detect(ike, response));
        if (ike.nat().detected()) {
            floatToNatPort(ike);
        }
        return Verdict.suspend(resume -> world.helpers()
                .submit(
                        () -> n.localKe().sharedSecret(n.remoteKe()),
                        outcome -> resume.resume(() -> {
                            deriveKeys(ike, valueOf(outcome));
                            return intermediate.request(ike);
                        })));
    }

    /** RFC 7296 §2.23: with a NAT between, all goes through port 4500 from the second exchange on. */
    private void floatToNatPort(IkeSa ike) throws ProtocolFailure {
        IkeSocket socket = ike.socket();
        if (!socket.encapsulates()) {
            socket = context.sockets()
                    .natSocket(socket.interfaceAddress())
                    .orElseThrow(() -> ProtocolFailure.silent(
                            Scope.IKE_SA,
                            "NAT: cannot float to "
                                    + ike.socket()
                                            .local()
                                            .withPort(context.sockets().natPort())
                                    + " as no such interface"));
        }
        Endpoint remote = ike.remote();
        boolean portConfigured = ike.connection().remote().config().host().ikePort() != 0;
        if (!portConfigured && remote.port() == IkePorts.IKE) {
            remote = remote.withPort(IkePorts.NAT_IKE);
        }
        ike.moveTo(socket, remote);
    }

    private static void deriveKeys(IkeSa ike, Secret sharedSecret) {
        Negotiation n = ike.negotiation();
        try (sharedSecret) {
            ike.setKeys(IkeKeys.initial(
                    ike.suite().orElseThrow(),
                    sharedSecret,
                    new Nonces(n.initiatorNonce(), n.responderNonce()),
                    NatDetection.octets(ike.initiatorSpi()),
                    NatDetection.octets(ike.responderSpi())));
        }
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
                ike.logger()
                        .log(
                                RcCode.LOG_SERIOUS,
                                "Diffie-Hellman failed: " + outcome.failure().getMessage());
                context.lifecycle().end(ike, Lifecycle.Notice.NEVER);
                return;
            }
            deriveKeys(ike, outcome.value());
            ready.run();
        });
    }
}
