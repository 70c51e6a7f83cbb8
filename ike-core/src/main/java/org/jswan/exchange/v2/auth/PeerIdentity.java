// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.auth.CertifiedIdentity;
import org.jswan.exchange.auth.PeerConnection;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.IdPayload;

/** Who the peer says it is, and which connection is for such a peer. */
public final class PeerIdentity {
    /** The method of a peer that proves nothing yet, as it wants to do so by EAP: RFC 7296 §3.8 has none with that number. */
    private static final int BY_EAP = 0;

    private final PeerConnection connections;

    public PeerIdentity(Context context) {
        this.connections = new PeerConnection(context);
    }

    /** Our own identity as a payload. */
    public static IdPayload local(IkeSa ike) {
        IkeId id = ike.negotiation().authentication().isNullWanted()
                ? IkeId.NULL
                : ike.connection().local().id();
        return payload(id, ike.role() == IkeRole.INITIATOR);
    }

    /** An identity as it is sent. */
    public static IdPayload payload(IkeId id, boolean initiator) {
        int type = id.type().number();
        return initiator ? IdPayload.initiator(type, id.body()) : IdPayload.responder(type, id.body());
    }

    /** The identity of the other end, as its payload gives it. */
    private static IkeId read(IdPayload payload, String whose) throws ProtocolFailure {
        try {
            return IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    Scope.IKE_SA,
                    "authentication failed: " + whose + " ID payload invalid: " + invalid.getMessage());
        }
    }

    /** As initiator: the responder has to be who the connection names. */
    public void checkResponder(IkeSa ike, Incoming response) throws ProtocolFailure {
        IdPayload payload = response.first(IdPayload.class, PayloadType.IDR)
                .orElseThrow(() -> ProtocolFailure.silent(
                        Scope.IKE_SA_AND_TELL, "authentication failed: responder did not include ID payload"));
        IkeId peer;
        try {
            peer = IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL,
                    "authentication failed: responder ID payload invalid: " + invalid.getMessage());
        }
        Optional<String> refusal = PeerConnection.take(ike, peer);
        if (refusal.isPresent()) {
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, refusal.get());
        }
    }

    /** As responder: switches to the connection that is for this initiator, if there is one that fits better. */
    public void checkInitiator(IkeSa ike, Incoming request) throws ProtocolFailure {
        IkeId peer = read(request.need(IdPayload.class), "initiator");
        Optional<IkeId> us = Optional.empty();
        Optional<IdPayload> wanted = request.first(IdPayload.class, PayloadType.IDR);
        if (wanted.isPresent()) {
            us = Optional.of(read(wanted.get(), "IDr"));
        }
        int method = request.first(AuthPayload.class).map(AuthPayload::method).orElse(BY_EAP);
        // as libreswan: whoever proves nothing is taken at the address alone
        if (method != AuthPayload.NULL) {
            Optional<IkeId> asked = us;
            Connection current = ike.connection();
            connections.refine(
                    ike,
                    peer,
                    c -> (c == current || isSameKind(c, current, method))
                            && (asked.isEmpty() || isUs(ike, c, asked.get())),
                    List.of());
        }
        // As libreswan: a peer that wants somebody else has to see by itself that this is not whom it wants.
        Optional<String> refusal = PeerConnection.take(ike, peer);
        if (refusal.isPresent() && !wantsNobody(ike, us)) {
            throw ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, refusal.get());
        } else if (refusal.isPresent()) {
            ike.logger()
                    .log("Peer ID '" + peer
                            + "' expects us to have ID_NULL and connection allows AUTH_NULL - allowing");
            ike.negotiation().authentication().setNullWanted();
        }
    }

    /** Whether a peer whom the connection does not name may have us without an identity, as it asks for. */
    private static boolean wantsNobody(IkeSa ike, Optional<IkeId> us) {
        return us.filter(asked -> asked.type() == IdType.NULL).isPresent()
                && CertifiedIdentity.certificate(ike).isEmpty()
                && ike.connection().remote().config().authby().contains(AuthenticationMethod.NULL);
    }

    private static boolean isSameKind(Connection c, Connection current, int method) {
        return PeerConnection.isOfKind(c, current)
                && isProvenBy(c.remote().config().auth(), method);
    }

    /** Whether a peer that is to authenticate so may do it by that method of AUTH payloads. */
    private static boolean isProvenBy(EndAuthentication auth, int method) {
        return switch (method) {
            case AuthPayload.RSA_SIGNATURE -> auth == EndAuthentication.RSASIG;
            case AuthPayload.ECDSA_SHA2_256_P256,
                    AuthPayload.ECDSA_SHA2_384_P384,
                    AuthPayload.ECDSA_SHA2_512_P521 -> auth == EndAuthentication.ECDSA;
            case AuthPayload.DIGITAL_SIGNATURE -> auth == EndAuthentication.RSASIG || auth == EndAuthentication.ECDSA;
            case AuthPayload.SHARED_KEY -> auth == EndAuthentication.PSK;
            case BY_EAP -> auth == EndAuthentication.EAPONLY;
            default -> false;
        };
    }

    /** Whether our end of a connection is who the peer asks for: by its certificate, its identity or a pattern of it. */
    private static boolean isUs(IkeSa ike, Connection connection, IkeId asked) {
        Optional<Certificate> certificate = connection.local().certificate();
        if (certificate.isPresent() && (asked.type() == IdType.FQDN || asked.type() == IdType.DER_ASN1_DN)) {
            Optional<String> mismatch = CertificateIdentity.namesMismatch(certificate.get(), asked);
            if (mismatch.isEmpty()) {
                return true;
            }
            ike.logger().log(RcCode.LOG_SERIOUS, mismatch.get());
        }
        IkeId own = connection.local().id();
        return asked.sameAs(own) || own.type() == IdType.FQDN && asked.type() == IdType.FQDN && isBelow(asked, own);
    }

    /** Whether a name ends as a pattern does that begins with a star. */
    private static boolean isBelow(IkeId name, IkeId pattern) {
        String wanted = pattern.body().utf8().toLowerCase(Locale.ROOT);
        return wanted.startsWith("*")
                && name.body().utf8().toLowerCase(Locale.ROOT).endsWith(wanted.substring(1));
    }
}
