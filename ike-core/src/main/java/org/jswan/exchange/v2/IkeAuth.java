// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.AUTH;
import static org.jswan.wire.PayloadType.CERT;
import static org.jswan.wire.PayloadType.CERTREQ;
import static org.jswan.wire.PayloadType.CP;
import static org.jswan.wire.PayloadType.IDI;
import static org.jswan.wire.PayloadType.IDR;
import static org.jswan.wire.PayloadType.SA;
import static org.jswan.wire.PayloadType.TSI;
import static org.jswan.wire.PayloadType.TSR;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.auth.OlderSelves;
import org.jswan.exchange.auth.PeerConnection;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.exchange.v2.auth.Authentication;
import org.jswan.exchange.v2.auth.Authenticator;
import org.jswan.exchange.v2.auth.Authenticator.Claim;
import org.jswan.exchange.v2.auth.Authenticator.Own;
import org.jswan.exchange.v2.auth.CertificatePayloads;
import org.jswan.exchange.v2.auth.DnsKeys;
import org.jswan.exchange.v2.auth.NullAuthentication;
import org.jswan.exchange.v2.auth.PamAuthorization;
import org.jswan.exchange.v2.auth.PeerIdentity;
import org.jswan.exchange.v2.auth.PostquantumKeys;
import org.jswan.exchange.v2.auth.SignatureHashes;
import org.jswan.exchange.v2.child.ChildNegotiation;
import org.jswan.exchange.v2.child.ChildRefused;
import org.jswan.identity.IkeId;
import org.jswan.impair.Impairment;
import org.jswan.kernel.KernelException;
import org.jswan.log.RcCode;
import org.jswan.proposal.ProposalBuilder.NoGroups;
import org.jswan.proposal.Proposals;
import org.jswan.redirect.Redirections;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.sa.Statistics;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.IdPayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * The second exchange (RFC 7296 §1.2): who the ends are, and the first Child SA.
 *
 * <pre>
 * HDR, SK {IDi, [CERT...,] [CERTREQ,] [IDr,] AUTH, SAi2, TSi, TSr, [N...]}  --&gt;
 *                                          &lt;--  HDR, SK {IDr, [CERT...,] AUTH, SAr2, TSi, TSr, [N...]}
 *                                      or  &lt;--  HDR, SK {IDr, AUTH, N(why no Child SA)}
 *                                      or  &lt;--  HDR, SK {N(why no IKE SA)}
 * </pre>
 */
public final class IkeAuth {
    /** Notifies by which a responder refuses the Child SA and keeps the IKE SA (RFC 7296 §1.2). */
    private static final List<NotifyType> CHILD_REFUSALS = List.of(
            NotifyType.NO_PROPOSAL_CHOSEN,
            NotifyType.TS_UNACCEPTABLE,
            NotifyType.SINGLE_PAIR_REQUIRED,
            NotifyType.INTERNAL_ADDRESS_FAILURE,
            NotifyType.FAILED_CP_REQUIRED,
            NotifyType.NO_ADDITIONAL_SAS);

    private static final Set<NotifyType> AUTHENTICATION_REFUSALS = Set.of(
            NotifyType.INVALID_SYNTAX, NotifyType.AUTHENTICATION_FAILED, NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);

    private final Context context;
    private final Transmitter transmitter;
    private final Redirections redirections;
    private final DnsKeys dnsKeys;
    private final PeerIdentity identity;
    private final Authenticator authentication;
    private final PamAuthorization authorization;
    private final CertificatePayloads certificates;
    private final PostquantumKeys postquantum;
    private final ChildNegotiation children;
    private final LabelRoutes labels;
    private final OlderSelves olderSelves;

    public IkeAuth(Context context, Transmitter transmitter, DnsKeys dnsKeys, Redirections redirections) {
        this.context = context;
        this.transmitter = transmitter;
        this.dnsKeys = dnsKeys;
        this.redirections = redirections;
        this.identity = new PeerIdentity(context);
        this.authorization = new PamAuthorization(context);
        this.certificates = new CertificatePayloads(context);
        this.authentication = new Authentication(context);
        this.postquantum = new PostquantumKeys(context, authentication);
        this.children = new ChildNegotiation(context);
        this.labels = new LabelRoutes(context);
        this.olderSelves = new OlderSelves(context);
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                row("Initiator: process IKE_AUTH response")
                        .on(ExchangeType.IKE_AUTH, RESPONSE)
                        .from(V2State.PARENT_I2)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(IDR, AUTH)
                        .optional(CERT, CP, SA, TSI, TSR)
                        .then(Row.Timer.REPLACE)
                        .by(this::responded),
                row("Initiator: process IKE_AUTH failure response")
                        .on(ExchangeType.IKE_AUTH, RESPONSE)
                        .from(V2State.PARENT_I2)
                        .to(V2State.PARENT_I2)
                        .encryptedAnything()
                        .by(this::refused),
                row("Responder: process IKE_AUTH request")
                        .on(ExchangeType.IKE_AUTH, REQUEST)
                        .from(V2State.PARENT_R1)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(IDI, AUTH)
                        .optional(CERT, CERTREQ, IDR, CP, SA, TSI, TSR)
                        .then(Row.Timer.REPLACE)
                        .by(this::respond));
    }

    private boolean omitsChild() {
        return context.world().impair().on(Impairment.OMIT_V2_IKE_AUTH_CHILD);
    }

    boolean isSilenced(IkeSa ike) {
        boolean silenced = context.world().impair().on(Impairment.SEND_NO_IKEV2_AUTH);
        if (silenced) {
            ike.logger().log("IMPAIR_SEND_NO_IKEV2_AUTH set - not sending IKE_AUTH packet");
        }
        return silenced;
    }

    private static Nonces nonces(IkeSa ike) {
        Negotiation n = ike.negotiation();
        return new Nonces(n.initiatorNonce(), n.responderNonce());
    }

    /** The request that follows a good answer to IKE_SA_INIT. */
    Verdict request(IkeSa ike) throws ProtocolFailure {
        if (EapInitiator.isWanted(ike)) {
            Own own = Own.of(ike, PeerIdentity.local(ike));
            List<Payload> instead = EapInitiator.offer(ike);
            return certificates.forAuthentication(ike, certs -> request(ike, own, certs, instead, List.of()));
        }
        postquantum.mixAsInitiator(ike);
        Own own = Own.of(ike, PeerIdentity.local(ike));
        return authentication.prove(
                ike,
                own,
                proof -> certificates.forAuthentication(ike, certs -> {
                    List<Payload> auth = List.of(proof.payload());
                    return postquantum.tell(ike, own, told -> request(ike, own, certs, auth, told));
                }));
    }

    private Verdict request(IkeSa ike, Own own, List<Payload> certs, List<Payload> proof, List<Payload> last)
            throws ProtocolFailure {
        Connection c = ike.connection();
        List<Payload> payloads = new ArrayList<>();
        payloads.add(own.identity());
        payloads.addAll(certs);
        if (context.world().impair().on(Impairment.SEND_NO_IDR)) {
            ike.logger().log("IMPAIR: omitting IDr payload");
        } else if (isWorthSending(c.remote().id())) {
            payloads.add(PeerIdentity.payload(c.remote().id(), false));
        }
        // Whoever authenticates anew still has what it had.
        if (c.config().announcements().initialContact() && !ike.negotiation().isReauthentication()) {
            ike.logger().log("sending INITIAL_CONTACT");
            payloads.add(NotifyPayload.of(NotifyType.INITIAL_CONTACT));
        }
        payloads.addAll(proof);
        payloads.addAll(MobikeSupport.offer(c));
        Optional<Connection> pending = ike.negotiation().pendingChild();
        if (pending.isEmpty()) {
            ike.logger().log("omitting CHILD SA payloads");
            payloads.addAll(last);
            addNullAuthentication(ike, own, payloads);
            return Verdict.request(ExchangeType.IKE_AUTH, payloads);
        }
        ChildSa child = context.newSas().child(pending.get(), ike, IkeRole.INITIATOR, V2State.IKE_AUTH_CHILD_I0);
        child.logger().attachAll(ike.logger());
        if (pending.get() != ike.connection()) {
            ike.logger().log("switching CHILD " + child.serial() + " to pending connection " + pending.get());
        }
        ike.negotiation().setLarvalChild(child);
        try {
            payloads.addAll(children.firstRequest(child, firstChild(child)));
        } catch (KernelException refused) {
            throw ProtocolFailure.silent(Scope.IKE_SA, refused.getMessage());
        }
        payloads.addAll(last);
        addNullAuthentication(ike, own, payloads);
        return Verdict.request(ExchangeType.IKE_AUTH, payloads);
    }

    /** As libreswan: beside a signature, one that does not authenticate is offered to a responder that wants no more. */
    private static void addNullAuthentication(IkeSa ike, Own own, List<Payload> payloads) {
        Set<AuthenticationMethod> authby = ike.connection().local().config().authby();
        if (SignatureHashes.sign(authby) && authby.contains(AuthenticationMethod.NULL)) {
            payloads.add(NotifyPayload.of(NotifyType.NULL_AUTH, NullAuthentication.value(ike, own)));
        }
    }

    /** As libreswan: an address says nothing that the packet does not say already. */
    private static boolean isWorthSending(IkeId id) {
        return switch (id.type()) {
            case FQDN, USER_FQDN, KEY_ID, DER_ASN1_DN, NULL -> true;
            default -> false;
        };
    }

    /** HDR, SK {IDi, AUTH, SAi2, TSi, TSr} --> HDR, SK {IDr, AUTH, SAr2, TSi, TSr}. */
    private Verdict respond(IkeSa ike, Incoming request) throws ProtocolFailure {
        if (isSilenced(ike)) {
            return Verdict.drop("impaired");
        }
        ike.logger().log("processing decrypted " + request.text());
        // Behind a NAT the initiator, whichever of us it is before, has gone to port 4500 (RFC 7296 §2.23).
        ike.moveTo(request.socket(), request.sender());
        return certificates.check(ike, request, () -> identified(ike, request));
    }

    private Verdict identified(IkeSa ike, Incoming request) throws ProtocolFailure {
        CertificatePayloads.learnRequest(ike, request);
        identity.checkInitiator(ike, request);
        postquantum.mixAsResponder(ike, request);
        AuthPayload claimed = PostquantumKeys.proofWithout(ike, request).orElseGet(() -> claimed(ike, request));
        Claim claim = new Claim(request.need(IdPayload.class), claimed, Scope.IKE_SA);
        return dnsKeys.fetch(ike, claimed, () -> verify(ike, request, claim));
    }

    private Verdict verify(IkeSa ike, Incoming request, Claim claim) throws ProtocolFailure {
        return authentication.verify(
                ike,
                claim,
                () -> authorization.check(ike, () -> {
                    IdPayload own = PeerIdentity.local(ike);
                    return authentication.prove(
                            ike,
                            Own.of(ike, own),
                            proof -> certificates.forAuthentication(
                                    ike, sent -> authenticated(ike, request, own, sent, proof.payload())));
                }));
    }

    /** What the initiator proves its identity by. */
    private static AuthPayload claimed(IkeSa ike, Incoming request) {
        Set<AuthenticationMethod> allowed = ike.connection().remote().config().authby();
        return request.notify(NotifyType.NULL_AUTH)
                .filter(n -> allowed.contains(AuthenticationMethod.NULL) && !SignatureHashes.sign(allowed))
                .map(n -> new AuthPayload(AuthPayload.NULL, n.data()))
                .orElseGet(() -> request.need(AuthPayload.class));
    }

    private Verdict authenticated(IkeSa ike, Incoming request, IdPayload own, List<Payload> certs, AuthPayload proof)
            throws ProtocolFailure {
        List<Payload> payloads = new ArrayList<>(MobikeSupport.answer(ike, request));
        payloads.add(own);
        payloads.addAll(certs);
        payloads.add(proof);
        payloads.addAll(PostquantumKeys.confirmation(ike));
        return establish(ike, request, payloads);
    }

    /**
     * The initiator is who it says: the IKE SA is up, and the Child SA that it asked for follows.
     *
     * @param request what it asked for
     * @param proven what we say of ourselves
     */
    Verdict establish(IkeSa ike, Incoming request, List<Payload> proven) throws ProtocolFailure {
        List<Payload> redirect = redirections.answer(ike);
        List<Payload> payloads = new ArrayList<>(redirect);
        payloads.addAll(proven);
        PeerConnection.settle(ike, context.connections());
        ike.connection().setNewestIke(Optional.of(ike.serial()));
        olderSelves.end(ike, request.has(NotifyType.INITIAL_CONTACT));
        if (!redirect.isEmpty()) {
            return Verdict.reply(payloads);
        }
        return labels.install(ike, () -> respondChild(ike, request, payloads));
    }

    private Verdict respondChild(IkeSa ike, Incoming request, List<Payload> payloads) {
        if (!ChildNegotiation.isIn(request)) {
            ike.logger()
                    .log(
                            omitsChild()
                                    ? "IMPAIR: as expected, IKE_AUTH request omitted CHILD SA payloads"
                                    : "IKE_AUTH request does not propose a Child SA; creating childless SA");
            return Verdict.reply(payloads);
        }
        return Verdict.suspendHolding(resume -> children.respond(
                ike,
                request,
                nonces(ike),
                childPayloads -> resume.resume(() -> {
                    payloads.addAll(childPayloads);
                    return Verdict.reply(payloads);
                })));
    }

    /** HDR, SK {IDr, AUTH, SAr2, TSi, TSr}. */
    private Verdict responded(IkeSa ike, Incoming response) throws ProtocolFailure {
        if (isSilenced(ike)) {
            return Verdict.drop("impaired");
        }
        return certificates.check(ike, response, () -> responderIdentified(ike, response));
    }

    private Verdict responderIdentified(IkeSa ike, Incoming response) throws ProtocolFailure {
        identity.checkResponder(ike, response);
        PostquantumKeys.settle(ike, response);
        IdPayload peer = response.first(IdPayload.class, IDR).orElseThrow();
        Claim claim = new Claim(peer, response.need(AuthPayload.class), Scope.IKE_SA_AND_TELL);
        return dnsKeys.await(ike, () -> authentication.verify(ike, claim, () -> authenticated(ike, response)));
    }

    /** The responder is who it says: the IKE SA is up, and so is what comes with it. */
    Verdict authenticated(IkeSa ike, Incoming response) throws ProtocolFailure {
        PeerConnection.settle(ike, context.connections());
        MobikeSupport.learn(ike, response);
        ike.connection().setNewestIke(Optional.of(ike.serial()));
        return response.has(NotifyType.REDIRECT)
                ? redirections.authenticated(ike, response, () -> adoptChild(ike, response), () -> leave(ike))
                : labels.install(ike, () -> adoptChild(ike, response));
    }

    /** There is nothing to be had from this peer. */
    private Verdict leave(IkeSa ike) {
        ike.negotiation().larvalChild().ifPresent(child -> {
            // Whoever waits for it waits for the one that the next gateway gives.
            child.logger().detachAll();
            context.lifecycle().endChild(child, Lifecycle.Notice.NEVER);
        });
        return Verdict.advance();
    }

    private Verdict adoptChild(IkeSa ike, Incoming response) throws ProtocolFailure {
        Optional<ChildSa> larval = ike.negotiation().larvalChild();
        if (larval.isEmpty()) {
            if (ChildNegotiation.isIn(response)) {
                throw ProtocolFailure.silent(
                        Scope.IKE_SA,
                        "IKE_AUTH response contains v2SA, v2TSi or v2TSr: but a CHILD SA was not requested!");
            }
            if (omitsChild()) {
                ike.logger().log("IMPAIR: as expected, IKE_AUTH response omitted CHILD SA payloads");
            }
            return Verdict.advance();
        }
        ChildSa child = larval.get();
        Optional<NotifyType> refusal =
                CHILD_REFUSALS.stream().filter(response::has).findFirst();
        if (refusal.isPresent()) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "IKE_AUTH response rejected Child SA with "
                                    + refusal.get().shortName());
            context.lifecycle().refuseChild(child, Lifecycle.Notice.NEVER);
            return Verdict.advance();
        }
        if (!ChildNegotiation.isIn(response)) {
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "IKE_AUTH response missing v2SA, v2TSi or v2TSr: not attempting to setup CHILD SA");
            return rejectChild(ike, child);
        }
        try {
            children.adopt(child, response, firstChild(child), "IKE_AUTH initiator accepting remote ESP/AH proposal");
        } catch (ChildRefused refused) {
            return rejectChild(ike, child);
        }
        ChildKeys keys = ChildKeys.derive(
                ike.keys(), Optional.empty(), nonces(ike), child.suite().orElseThrow());
        return Verdict.suspendHolding(resume -> children.install(
                child,
                keys,
                installed -> resume.resume(() -> {
                    if (installed == ChildNegotiation.Installed.REFUSED) {
                        // As libreswan: no IKE SA either, and the peer finds out by itself.
                        throw ProtocolFailure.silent(Scope.IKE_SA, "");
                    }
                    return Verdict.advance();
                })));
    }

    /** A first Child SA has no Diffie-Hellman exchange of its own (RFC 7296 §1.2). */
    private static Proposals firstChild(ChildSa child) {
        return ConnectionProposals.child(child.connection(), new NoGroups());
    }

    /** The IKE SA stays; the peer learns that its half of the Child SA has no other half. */
    private Verdict rejectChild(IkeSa ike, ChildSa child) {
        ike.logger().log(RcCode.LOG_SERIOUS, "IKE SA established but initiator rejected Child SA response");
        child.logger().log("deleting larval Child SA using IKE SA " + ike.serial());
        Bytes spi = ChildSa.spiOctets(child.inbound().orElseThrow().spi());
        int protocol = child.wireProtocol();
        context.lifecycle().refuseChild(child, Lifecycle.Notice.NEVER);
        ike.wish(sa -> transmitter.sendRequest(
                sa, ExchangeType.INFORMATIONAL, List.of(DeletePayload.child(protocol, List.of(spi)))));
        return Verdict.advance();
    }

    /** HDR, SK {N(AUTHENTICATION_FAILED)} and its like: there will be no IKE SA. */
    private Verdict refused(IkeSa ike, Incoming response) throws ProtocolFailure {
        Optional<NotifyPayload> refusal = response.notifies()
                .filter(n -> AUTHENTICATION_REFUSALS.contains(n.notifyType()))
                .findFirst();
        if (refusal.isPresent()) {
            ike.setEnd(Statistics.End.AUTH_FAILED);
            throw ProtocolFailure.silent(
                    Scope.IKE_SA,
                    "IKE SA authentication request rejected by peer: "
                            + refusal.get().notifyType().shortName());
        }
        Optional<NotifyPayload> error =
                response.notifies().filter(n -> n.notifyType().isError()).findFirst();
        if (error.isEmpty()) {
            throw unrecognized();
        }
        String name = error.get().notifyType().shortName();
        Optional<ChildSa> child = ike.negotiation().larvalChild();
        if (child.isPresent() && CHILD_REFUSALS.contains(error.get().notifyType())) {
            child.get().logger().log(RcCode.LOG_SERIOUS, "IKE_AUTH response contained the error notification " + name);
            throw ProtocolFailure.silent(Scope.IKE_SA, "");
        }
        throw ProtocolFailure.silent(Scope.IKE_SA, "IKE_AUTH response contained the error notification " + name);
    }

    /** The answer is none that our request may have. */
    static ProtocolFailure unrecognized() {
        return ProtocolFailure.silent(
                Scope.IKE_SA, "IKE SA authentication request rejected by peer: unrecognized response");
    }
}
