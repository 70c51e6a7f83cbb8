// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.AUTH;
import static org.jswan.wire.PayloadType.CERTREQ;
import static org.jswan.wire.PayloadType.CP;
import static org.jswan.wire.PayloadType.EAP;
import static org.jswan.wire.PayloadType.IDI;
import static org.jswan.wire.PayloadType.IDR;
import static org.jswan.wire.PayloadType.SA;
import static org.jswan.wire.PayloadType.TSI;
import static org.jswan.wire.PayloadType.TSR;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.PeerCertificates;
import org.jswan.connection.Connection;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.Hash;
import org.jswan.eap.EapException;
import org.jswan.eap.EapTlsServer;
import org.jswan.eap.TlsServerEnd;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.Authenticator.Claim;
import org.jswan.exchange.v2.Authenticator.Own;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.key.Ckaid;
import org.jswan.key.KeyDatabaseException;
import org.jswan.key.KeyType;
import org.jswan.key.Signature;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.EapPayload;
import org.jswan.wire.v2.IdPayload;

/**
 * Initiators that prove who they are by EAP-TLS (RFC 7296 §2.16, RFC 5216); as libreswan, we never are one.
 *
 * <pre>
 * HDR, SK {IDi, [CERTREQ,] [IDr,] SAi2, TSi, TSr}  --&gt;
 *                                          &lt;--  HDR, SK {IDr, [CERT...,] [AUTH,] EAP}
 * HDR, SK {EAP}  --&gt;
 *                                          &lt;--  HDR, SK {EAP}   ... until EAP says Success
 * HDR, SK {AUTH}  --&gt;
 *                                          &lt;--  HDR, SK {AUTH, SAr2, TSi, TSr}
 * </pre>
 */
public final class EapAuth {
    private final Context context;
    private final IkeAuth ikeAuth;
    private final PeerIdentity identity;
    private final Authenticator authentication;
    private final CertificatePayloads certificates;
    private final LocalKey localKey;

    /** By IKE SA, which no conversation outlives. */
    private final Map<IkeSa, Conversation> conversations = new WeakHashMap<>();

    /**
     * What began with an initiator.
     *
     * @param first its first IKE_AUTH request, which says what the last one is answered by
     * @param own who we said we are
     */
    private record Conversation(Incoming first, IdPayload own, EapTlsServer server) {}

    public EapAuth(Context context, IkeAuth ikeAuth) {
        this.context = context;
        this.ikeAuth = ikeAuth;
        this.identity = new PeerIdentity(context);
        this.authentication = new Authentication(context);
        this.certificates = new CertificatePayloads(context);
        this.localKey = new LocalKey(context.privateKeys());
    }

    /** The transitions of the responder; that for requests with an AUTH payload comes before the first of them. */
    public List<Row> rows() {
        return List.of(
                row("Responder: process IKE_AUTH request, initiate EAP")
                        .on(ExchangeType.IKE_AUTH, REQUEST)
                        .from(V2State.PARENT_R1)
                        .to(V2State.PARENT_R_EAP)
                        .encrypted(IDI)
                        .optional(CERTREQ, IDR, CP, SA, TSI, TSR)
                        .then(Row.Timer.DISCARD)
                        .announce(Row.Announcement.STORY)
                        .by(this::start),
                row("Responder: process IKE_AUTH/EAP, continue EAP")
                        .on(ExchangeType.IKE_AUTH, REQUEST)
                        .from(V2State.PARENT_R_EAP)
                        .to(V2State.PARENT_R_EAP)
                        .encrypted(EAP)
                        .then(Row.Timer.DISCARD)
                        .announce(Row.Announcement.STORY)
                        .by(this::goOn),
                row("Responder: process final IKE_AUTH/EAP")
                        .on(ExchangeType.IKE_AUTH, REQUEST)
                        .from(V2State.PARENT_R_EAP)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(AUTH)
                        .then(Row.Timer.REPLACE)
                        .announce(Row.Announcement.STORY)
                        .by(this::finish));
    }

    private Verdict start(IkeSa ike, Incoming request) throws ProtocolFailure {
        if (ikeAuth.isSilenced(ike)) {
            return Verdict.drop("impaired");
        }
        ike.logger().log("processing decrypted " + request.text());
        ike.moveTo(request.socket(), request.sender());
        Connection c = ike.connection();
        if (c.remote().config().auth() != EndAuthentication.EAPONLY) {
            throw refusal("Peer attempted EAP authentication, but IKE_AUTH is required");
        }
        if (c.local().config().eap() != EapMethod.TLS || c.remote().config().eap() != EapMethod.TLS) {
            throw refusal("Peer attempted EAP authentication, but EAP is not allowed");
        }
        CertificatePayloads.learnRequest(ike, request);
        identity.checkInitiator(ike, request);
        IdPayload own = PeerIdentity.local(ike);
        if (ike.connection().local().config().auth() == EndAuthentication.EAPONLY) {
            return certificates.forAuthentication(ike, certs -> begin(ike, request, own, certs));
        }
        return authentication.prove(
                ike,
                Own.of(ike, own),
                proof -> certificates.forAuthentication(ike, certs -> {
                    List<Payload> proven = new ArrayList<>(certs);
                    proven.add(proof.payload());
                    return begin(ike, request, own, proven);
                }));
    }

    private static ProtocolFailure refusal(String why) {
        return ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, why);
    }

    private Verdict begin(IkeSa ike, Incoming request, IdPayload own, List<Payload> proven) throws ProtocolFailure {
        Optional<Certificate> certificate = ike.connection().local().certificate();
        if (certificate.isEmpty()) {
            throw refusal("EAP-TLS needs a certificate of our own");
        }
        return Verdict.suspend(
                resume -> localKey.find(ike.connection(), KeyType.RSA, ike.logger(), key -> context.certificates()
                        .get(
                                ike.logger(),
                                known -> resume.resume(() -> {
                                    if (key.isEmpty()) {
                                        throw refusal("private key for connection not found");
                                    }
                                    return begin(ike, request, own, proven, server(certificate.get(), known));
                                }))));
    }

    /** What makes the TLS server. */
    private interface ServerMaker {
        TlsServerEnd make() throws EapException;
    }

    private ServerMaker server(Certificate own, CertificateSet known) {
        List<Bytes> chain = new ArrayList<>(List.of(own.der()));
        known.chainAbove(own, true).forEach(authority -> chain.add(authority.der()));
        Ckaid ckaid = own.key().ckaid();
        return () -> new TlsServerEnd(
                chain,
                octets -> sign(ckaid, octets),
                certificatesOfPeer -> fault(certificatesOfPeer, known),
                context.world().random());
    }

    private Bytes sign(Ckaid ckaid, Bytes octets) throws IOException {
        try {
            return context.world().keys().sign(ckaid, Signature.PKCS1, Hash.SHA2_256, octets);
        } catch (KeyDatabaseException refused) {
            throw new IOException(refused);
        }
    }

    /** As libreswan: whoever has a certificate that we trust may say to be anybody whom the connection allows. */
    private Optional<String> fault(List<Bytes> chain, CertificateSet known) {
        PeerCertificates found = PeerCertificates.check(
                chain.stream()
                        .map(der -> new PeerCertificates.Payload(PeerCertificates.X509_SIGNATURE, der))
                        .toList(),
                known,
                context.revocation().setting().strict(),
                context.world().clock().wall());
        return found.end().isPresent() && found.harmless()
                ? Optional.empty()
                : Optional.of("client certificate is not to be believed");
    }

    private Verdict begin(IkeSa ike, Incoming request, IdPayload own, List<Payload> proven, ServerMaker maker) {
        return Verdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> new EapTlsServer(maker.make()),
                        outcome -> resume.resume(() -> {
                            EapTlsServer server = valueOf(outcome);
                            conversations.put(ike, new Conversation(request, own, server));
                            List<Payload> payloads = new ArrayList<>(MobikeSupport.answer(ike, request));
                            payloads.add(own);
                            payloads.addAll(proven);
                            payloads.add(new EapPayload(server.start()));
                            ike.logger().log("added EAP payload to packet");
                            return Verdict.reply(payloads);
                        })));
    }

    private static <T> T valueOf(Outcome<T> outcome) throws ProtocolFailure {
        if (outcome.failure() instanceof EapException unusable) {
            throw ProtocolFailure.silent(Scope.IKE_SA, unusable.getMessage());
        }
        if (outcome.failure() != null) {
            throw new IllegalStateException(outcome.failure());
        }
        return outcome.value();
    }

    private Verdict goOn(IkeSa ike, Incoming request) {
        EapTlsServer server = conversations.get(ike).server();
        Bytes message = request.need(EapPayload.class).message();
        return Verdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> server.take(message),
                        outcome -> resume.resume(() -> {
                            EapTlsServer.Answer answer = valueOf(outcome);
                            answer.log().forEach(ike.logger()::log);
                            return Verdict.reply(List.of(new EapPayload(answer.message())));
                        })));
    }

    private Verdict finish(IkeSa ike, Incoming request) throws ProtocolFailure {
        Conversation conversation = conversations.get(ike);
        Secret key;
        try {
            key = conversation.server().key();
        } catch (EapException unfinished) {
            throw ProtocolFailure.silent(Scope.IKE_SA, unfinished.getMessage());
        }
        try (key) {
            Claim claim = new Claim(
                    conversation.first().need(IdPayload.class), request.need(AuthPayload.class), Scope.IKE_SA);
            SharedKey.check(ike, claim, () -> key, EndAuthentication.EAPONLY);
            AuthPayload proof = SharedKey.proof(ike, Own.of(ike, conversation.own()), key);
            conversations.remove(ike);
            return ikeAuth.establish(ike, conversation.first(), List.of(proof));
        }
    }
}
