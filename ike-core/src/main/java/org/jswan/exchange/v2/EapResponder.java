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

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.eap.EapTls;
import org.jswan.eap.EapTlsServer;
import org.jswan.eap.TlsEnd;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.auth.Authentication;
import org.jswan.exchange.v2.auth.Authenticator;
import org.jswan.exchange.v2.auth.Authenticator.Claim;
import org.jswan.exchange.v2.auth.Authenticator.Own;
import org.jswan.exchange.v2.auth.CertificatePayloads;
import org.jswan.exchange.v2.auth.PeerIdentity;
import org.jswan.exchange.v2.auth.SharedKey;
import org.jswan.helper.Helpers;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.EapPayload;
import org.jswan.wire.v2.IdPayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Initiators that prove who they are by EAP-TLS (RFC 7296 §2.16, RFC 5216); {@link EapInitiator} is one.
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
public final class EapResponder {
    private final Context context;
    private final IkeAuth ikeAuth;
    private final PeerIdentity identity;
    private final Authenticator authentication;
    private final CertificatePayloads certificates;
    private final EapCredentials credentials;

    /** What began with an initiator. */
    private static final class Responding extends EapConversation {
        private final EapTlsServer server;
        private final Incoming first;
        private final IdPayload own;

        /**
         * @param first the initiator's first IKE_AUTH request, which says what the last one is answered by
         * @param own who we said we are
         */
        Responding(EapTlsServer server, Helpers helpers, Incoming first, IdPayload own) {
            super(server, helpers);
            this.server = server;
            this.first = first;
            this.own = own;
        }
    }

    public EapResponder(Context context, IkeAuth ikeAuth) {
        this.context = context;
        this.ikeAuth = ikeAuth;
        this.identity = new PeerIdentity(context);
        this.authentication = new Authentication(context);
        this.certificates = new CertificatePayloads(context);
        this.credentials = new EapCredentials(context);
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
                        .then(Row.Timer.RETAIN)
                        .announce(Row.Announcement.STORY)
                        .by(this::goOn),
                row("Responder: process final IKE_AUTH/EAP")
                        .on(ExchangeType.IKE_AUTH, REQUEST)
                        .from(V2State.PARENT_R_EAP)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(AUTH)
                        .then(Row.Timer.REPLACE)
                        .announce(Row.Announcement.STORY)
                        .by(this::finish),
                row("Responder: process INFORMATIONAL request during EAP")
                        .on(ExchangeType.INFORMATIONAL, REQUEST)
                        .from(V2State.PARENT_R_EAP)
                        .to(V2State.PARENT_R_EAP)
                        .encryptedAnything()
                        .by(this::givenUp));
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
        return credentials.forConnection(
                ike, (party, random) -> new EapTlsServer(TlsEnd.server(party, random)), server -> {
                    ike.negotiation()
                            .begin(new Responding(server, context.world().helpers(), request, own));
                    List<Payload> payloads = new ArrayList<>(MobikeSupport.answer(ike, request));
                    payloads.add(own);
                    payloads.addAll(proven);
                    payloads.add(new EapPayload(server.start()));
                    ike.logger().log("added EAP payload to packet");
                    return Verdict.reply(payloads);
                });
    }

    private static Responding conversation(IkeSa ike) {
        return ike.negotiation()
                .conversation(Responding.class)
                .orElseThrow(() -> new IllegalStateException(ike.serial() + " has no EAP conversation"));
    }

    private Verdict goOn(IkeSa ike, Incoming request) {
        return conversation(ike).take(request.need(EapPayload.class).message(), ike.logger(), answer -> {
            List<Payload> payloads = List.of(new EapPayload(answer.message()));
            if (answer.course() == EapTls.Course.FAILED) {
                return Verdict.fail(payloads);
            }
            return Verdict.reply(payloads);
        });
    }

    private Verdict finish(IkeSa ike, Incoming request) throws ProtocolFailure {
        Responding conversation = conversation(ike);
        Secret key = conversation.key();
        Claim claim =
                new Claim(conversation.first.need(IdPayload.class), request.need(AuthPayload.class), Scope.IKE_SA);
        SharedKey.check(ike, claim, () -> key, EndAuthentication.EAPONLY);
        AuthPayload proof = SharedKey.proof(ike, Own.of(ike, conversation.own), key);
        return ikeAuth.establish(ike, conversation.first, List.of(proof));
    }

    /** HDR, SK {N(AUTHENTICATION_FAILED)} or HDR, SK {D}: the peer does not go on. */
    private Verdict givenUp(IkeSa ike, Incoming request) throws ProtocolFailure {
        Optional<NotifyPayload> error =
                request.notifies().filter(n -> n.notifyType().isError()).findFirst();
        if (error.isEmpty() && request.first(DeletePayload.class).isEmpty()) {
            return Verdict.reply(List.of());
        }
        if (!conversation(ike).server.isFailed()) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "peer gave up EAP authentication"
                                    + error.map(n -> ": " + n.notifyType().shortName())
                                            .orElse(""));
        }
        return Verdict.fail(List.of());
    }
}
