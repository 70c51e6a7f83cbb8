// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.security.MessageDigest;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.AuthenticationText;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.Prf;
import org.jswan.crypto.keymat.AuthKeys;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.IdPayload;

/** Authentication by a pre-shared key (RFC 7296 §2.15). */
final class SharedKey {
    private final Context context;

    SharedKey(Context context) {
        this.context = context;
    }

    /** Our AUTH payload. */
    AuthPayload prove(IkeSa ike, IdPayload own) throws ProtocolFailure {
        Negotiation n = ike.negotiation();
        boolean initiator = ike.role() == IkeRole.INITIATOR;
        Secret key;
        try {
            key = key(ike);
        } catch (ProtocolFailure missing) {
            ike.logger().log(RcCode.LOG_SERIOUS, missing.getMessage());
            ike.logger().log(RcCode.LOG_SERIOUS, "Failed to find our PreShared Key");
            throw ProtocolFailure.silent(Scope.OURS, "");
        }
        Bytes octets = AuthKeys.signedOctets(
                ike.keys(),
                initiator,
                n.localMessage(),
                initiator ? n.responderNonce() : n.initiatorNonce(),
                own.body());
        return new AuthPayload(
                AuthPayload.SHARED_KEY, AuthKeys.preSharedKey(ike.keys().prf(), key, octets));
    }

    /** Checks the peer's AUTH payload and says that the peer is who it claims to be. */
    void verify(IkeSa ike, IdPayload peer, AuthPayload auth, Scope onFailure) throws ProtocolFailure {
        if (auth.method() != AuthPayload.SHARED_KEY) {
            throw failure(onFailure, "authentication failed: method " + methodName(auth.method()) + " not supported");
        }
        if (ike.connection().remote().config().auth() != EndAuthentication.PSK) {
            throw failure(
                    onFailure,
                    "authentication failed: peer attempted PSK authentication but we want "
                            + AuthenticationText.of(
                                    ike.connection().remote().config().auth()));
        }
        Negotiation n = ike.negotiation();
        boolean byInitiator = ike.role() == IkeRole.RESPONDER;
        Bytes octets = AuthKeys.signedOctets(
                ike.keys(),
                byInitiator,
                n.remoteMessage(),
                byInitiator ? n.responderNonce() : n.initiatorNonce(),
                peer.body());
        Bytes expected = AuthKeys.preSharedKey(ike.keys().prf(), key(ike), octets);
        IkeId id = ike.connection().remote().id();
        String who = "ID_" + idName(id) + " '" + id + "'";
        if (expected.length() != auth.data().length()) {
            throw failure(
                    onFailure,
                    "authentication failed: " + auth.data().length() + " byte hash received from peer " + who
                            + " does not match " + expected.length() + " byte hash of negotiated PRF "
                            + ike.keys().prf().fqn());
        }
        if (!MessageDigest.isEqual(expected.toArray(), auth.data().toArray())) {
            throw failure(
                    onFailure, "authentication failed: computed hash does not match hash received from peer " + who);
        }
        ike.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        ike.role() + " established IKE SA; authenticated peer using authby=secret and " + who);
    }

    private static String idName(IkeId id) {
        String label = id.type().label();
        return label.startsWith("ID_") ? label.substring(3) : label;
    }

    private Secret key(IkeSa ike) throws ProtocolFailure {
        Connection c = ike.connection();
        IkeId local = c.local().id();
        IkeId remote = c.remote().id();
        Secret key = context.secrets()
                .get()
                .psk(local, remote)
                .orElseThrow(() -> failure(Scope.IKE_SA, "authentication failed: no PSK found for '" + local + "'"));
        Prf prf = ike.keys().prf();
        if (key.length() < prf.keyLength() / 2) {
            ike.logger()
                    .log("WARNING: '" + local + "' PSK length of " + key.length() + " bytes is too short for PRF "
                            + prf.fqn() + " in FIPS mode (" + prf.keyLength() / 2 + " bytes required)");
        }
        return key;
    }

    private static ProtocolFailure failure(Scope scope, String text) {
        return ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, scope, text);
    }

    private static String methodName(int method) {
        return switch (method) {
            case AuthPayload.RSA_SIGNATURE -> "IKEv2_AUTH_RSA";
            case AuthPayload.DSS_SIGNATURE -> "IKEv2_AUTH_DSS_DIGITAL_SIGNATURE";
            case AuthPayload.ECDSA_SHA2_256_P256 -> "IKEv2_AUTH_ECDSA_SHA2_256_P256";
            case AuthPayload.ECDSA_SHA2_384_P384 -> "IKEv2_AUTH_ECDSA_SHA2_384_P384";
            case AuthPayload.ECDSA_SHA2_512_P521 -> "IKEv2_AUTH_ECDSA_SHA2_512_P521";
            case AuthPayload.NULL -> "IKEv2_AUTH_NULL";
            case AuthPayload.DIGITAL_SIGNATURE -> "IKEv2_AUTH_DIGSIG";
            default -> Integer.toString(method);
        };
    }
}
