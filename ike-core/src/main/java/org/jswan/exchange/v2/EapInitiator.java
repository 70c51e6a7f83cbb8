// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.AUTH;
import static org.jswan.wire.PayloadType.CERT;
import static org.jswan.wire.PayloadType.CP;
import static org.jswan.wire.PayloadType.EAP;
import static org.jswan.wire.PayloadType.IDR;
import static org.jswan.wire.PayloadType.SA;
import static org.jswan.wire.PayloadType.TSI;
import static org.jswan.wire.PayloadType.TSR;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Secret;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateFormatException;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EapMethod;
import org.jswan.connection.EndAuthentication;
import org.jswan.eap.EapTlsPeer;
import org.jswan.eap.TlsEnd;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.auth.CertifiedIdentity;
import org.jswan.exchange.v2.auth.Authentication;
import org.jswan.exchange.v2.auth.Authenticator;
import org.jswan.exchange.v2.auth.Authenticator.Claim;
import org.jswan.exchange.v2.auth.Authenticator.Own;
import org.jswan.exchange.v2.auth.CertificatePayloads;
import org.jswan.exchange.v2.auth.PeerIdentity;
import org.jswan.exchange.v2.auth.SharedKey;
import org.jswan.helper.Helpers;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.EapPayload;
import org.jswan.wire.v2.IdPayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * We prove who we are by EAP-TLS, as {@link EapResponder}'s peer does: `leftauth=eaponly`, `leftautheap=tls`. A responder
 * that does so, too, need not sign before (RFC 5998).
 */
public final class EapInitiator {
    private final Context context;
    private final IkeAuth ikeAuth;
    private final PeerIdentity identity;
    private final Authenticator authentication;
    private final CertificatePayloads certificates;
    private final EapCredentials credentials;

    /** What began with a responder. */
    private static final class Asked extends EapConversation {
        private final EapTlsPeer peer;
        private final IdPayload responder;
        private boolean isAccepted;

        /** @param responder who it says it is */
        Asked(EapTlsPeer peer, Helpers helpers, IdPayload responder) {
            super(peer, helpers);
            this.peer = peer;
            this.responder = responder;
        }
    }

    public EapInitiator(Context context, IkeAuth ikeAuth) {
        this.context = context;
        this.ikeAuth = ikeAuth;
        this.identity = new PeerIdentity(context);
        this.authentication = new Authentication(context);
        this.certificates = new CertificatePayloads(context);
        this.credentials = new EapCredentials(context);
    }

    /** Whether the IKE_AUTH request has no AUTH payload, as EAP follows. */
    static boolean isWanted(IkeSa ike) {
        return ike.connection().local().config().auth() == EndAuthentication.EAPONLY;
    }

    /**
     * What stands in the IKE_AUTH request instead of AUTH.
     *
     * @throws ProtocolFailure if the connection wants what does not go with EAP
     */
    static List<Payload> offer(IkeSa ike) throws ProtocolFailure {
        Connection c = ike.connection();
        if (c.has(ConnectionPolicy.PPK_INSIST)) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA, "connection requires PPK, which EAP authentication does not use");
        }
        return c.remote().config().auth() == EndAuthentication.EAPONLY
                ? List.of(NotifyPayload.of(NotifyType.EAP_ONLY_AUTHENTICATION))
                : List.of();
    }

    /** The transitions of the initiator; they come before the one that takes any answer for a refusal. */
    public List<Row> rows() {
        return List.of(
                row("Initiator: process IKE_AUTH/EAP response, continue EAP")
                        .on(ExchangeType.IKE_AUTH, RESPONSE)
                        .from(V2State.PARENT_I2)
                        .to(V2State.PARENT_I2)
                        .encrypted(EAP)
                        .optional(IDR, CERT, AUTH)
                        .then(Row.Timer.RETRANSMIT)
                        .by(this::asked),
                row("Initiator: process final IKE_AUTH/EAP response")
                        .on(ExchangeType.IKE_AUTH, RESPONSE)
                        .from(V2State.PARENT_I2)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(AUTH)
                        .optional(CP, SA, TSI, TSR)
                        .then(Row.Timer.REPLACE)
                        .by(this::finish));
    }

    private Verdict asked(IkeSa ike, Incoming response) throws ProtocolFailure {
        Optional<Asked> begun = ike.negotiation().conversation(Asked.class);
        if (begun.isPresent()) {
            if (begun.get().isAccepted) {
                throw IkeAuth.unrecognized();
            }
            return goOn(ike, begun.get(), response);
        }
        if (!isWanted(ike) || ike.connection().local().config().eap() != EapMethod.TLS) {
            throw IkeAuth.unrecognized();
        }
        return certificates.check(ike, response, () -> identified(ike, response));
    }

    private Verdict identified(IkeSa ike, Incoming response) throws ProtocolFailure {
        identity.checkResponder(ike, response);
        MobikeSupport.learn(ike, response);
        IdPayload peer = response.need(IdPayload.class);
        Optional<AuthPayload> proof = response.first(AuthPayload.class);
        if (proof.isPresent()) {
            Claim claim = new Claim(peer, proof.get(), Scope.IKE_SA_AND_TELL);
            return authentication.verify(ike, claim, () -> begin(ike, response, peer));
        }
        if (ike.connection().remote().config().auth() != EndAuthentication.EAPONLY) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL, "authentication failed: responder asks for EAP without an AUTH payload");
        }
        return begin(ike, response, peer);
    }

    private Verdict begin(IkeSa ike, Incoming response, IdPayload peer) throws ProtocolFailure {
        Own own = Own.of(ike, PeerIdentity.local(ike));
        return credentials.forConnection(
                ike,
                (party, random) -> new EapTlsPeer(
                        TlsEnd.client(party, random), own.identity().data()),
                tls -> {
                    Asked conversation = new Asked(tls, context.world().helpers(), peer);
                    ike.negotiation().begin(conversation);
                    return goOn(ike, conversation, response);
                });
    }

    private static Verdict goOn(IkeSa ike, Asked conversation, Incoming response) {
        return conversation.take(
                response.need(EapPayload.class).message(), ike.logger(), answer -> switch (answer.course()) {
                    case GOES_ON -> request(new EapPayload(answer.message()));
                    case SUCCEEDED -> {
                        conversation.isAccepted = true;
                        yield prove(ike, conversation);
                    }
                    case FAILED -> throw ProtocolFailure.silent(Scope.IKE_SA, "");
                });
    }

    private static Verdict request(Payload payload) {
        return Verdict.request(ExchangeType.IKE_AUTH, List.of(payload));
    }

    private static Verdict prove(IkeSa ike, Asked conversation) throws ProtocolFailure {
        if (ike.connection().remote().config().auth() == EndAuthentication.EAPONLY) {
            CertifiedIdentity.Result server = CertifiedIdentity.compare(ike, certificate(conversation));
            if (server.refusal().isPresent()) {
                throw ProtocolFailure.silent(
                        Scope.IKE_SA_AND_TELL, server.refusal().get());
            }
            ike.negotiation().setPeerId(server.identity());
        }
        return request(SharedKey.proof(ike, Own.of(ike, PeerIdentity.local(ike)), conversation.key()));
    }

    private static Certificate certificate(Asked conversation) throws ProtocolFailure {
        try {
            return Certificate.ofPeer(conversation.peer.serverChain().get(0));
        } catch (CertificateFormatException unreadable) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL, "certificate of EAP-TLS server cannot be read: " + unreadable.getMessage());
        }
    }

    private Verdict finish(IkeSa ike, Incoming response) throws ProtocolFailure {
        Asked conversation = ike.negotiation()
                .conversation(Asked.class)
                .filter(begun -> begun.isAccepted)
                .orElseThrow(IkeAuth::unrecognized);
        Secret key = conversation.key();
        Claim claim = new Claim(conversation.responder, response.need(AuthPayload.class), Scope.IKE_SA_AND_TELL);
        SharedKey.check(ike, claim, () -> key, EndAuthentication.EAPONLY);
        return ikeAuth.authenticated(ike, response);
    }
}
