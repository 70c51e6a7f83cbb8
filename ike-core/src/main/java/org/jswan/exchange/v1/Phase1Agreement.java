// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.crypto.keymat.Ikev1Keys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.NotificationType;

/** What both ends of phase 1 have in common: key exchange, nonces, and the keys and hashes that come of them. */
final class Phase1Agreement {
    static final int NONCE_LENGTH = 32;

    private static final int SHORTEST_NONCE = 8;
    private static final int LONGEST_NONCE = 256;

    private Phase1Agreement() {}

    /** How the ends authenticate each other, once that is agreed. */
    static Optional<IsakmpRow.Auth> auth(IkeSa ike) {
        return ike.phase1()
                .authentication()
                .map(auth -> auth == Phase1Auth.RSA_SIG ? IsakmpRow.Auth.SIGNATURE : IsakmpRow.Auth.PRESHARED_KEY);
    }

    /** Whether they do so by signatures. */
    static boolean signs(IkeSa ike) {
        return auth(ike).filter(IsakmpRow.Auth.SIGNATURE::equals).isPresent();
    }

    /** The peer's public value. */
    static Bytes publicValue(IkeSa ike, IsakmpMessage message, String name) throws IsakmpFailure {
        Bytes value = message.need(KePayload.class).data();
        int wanted = ike.suite().orElseThrow().group().publicLength();
        if (value.length() != wanted) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    "KE has " + value.length() + " byte DH public value; " + wanted + " required");
        }
        return value;
    }

    /** Our public value, as a payload unless it is impaired. */
    static List<Payload> publicValue(Context context, IkeSa ike) {
        return PublicValues.payload(
                context.world().impair(),
                ike.logger(),
                ike.negotiation().localKe().publicValue());
    }

    /** The peer's nonce. */
    static Bytes nonce(IsakmpMessage message, String name) throws IsakmpFailure {
        Bytes nonce = message.need(NoncePayload.class).data();
        if (nonce.length() < SHORTEST_NONCE || nonce.length() > LONGEST_NONCE) {
            throw IsakmpFailure.refused(
                    NotificationType.PAYLOAD_MALFORMED,
                    name + " length not between " + SHORTEST_NONCE + " and " + LONGEST_NONCE);
        }
        return nonce;
    }

    /** What a helper computed. */
    static <T> T valueOf(Outcome<T> outcome) throws IsakmpFailure {
        if (outcome.failure() != null) {
            Throwable why = outcome.failure();
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    why instanceof PeerValueException
                            ? why.getMessage()
                            : "Diffie-Hellman failed: " + why.getMessage());
        }
        return outcome.value();
    }

    /** SKEYID and what follows from it; the vector of the first encrypted message. */
    static void deriveKeys(Context context, IkeSa ike, Secret sharedSecret) throws IsakmpFailure {
        Negotiation n = ike.negotiation();
        Nonces nonces = new Nonces(n.initiatorNonce(), n.responderNonce());
        IkeSuite suite = ike.suite().orElseThrow();
        Bytes cookieI = ike.initiatorSpi().octets();
        Bytes cookieR = ike.responderSpi().octets();
        try (sharedSecret) {
            ike.phase1()
                    .setKeys(
                            signs(ike)
                                    ? Ikev1Keys.forSignatures(suite, sharedSecret, nonces, cookieI, cookieR)
                                    : Ikev1Keys.forPresharedKey(
                                            suite, presharedKey(context, ike), sharedSecret, nonces, cookieI, cookieR));
        }
        ike.v1().setIv(ike.phase1().keys().phase1Iv(initiatorValue(ike), responderValue(ike)));
    }

    /** The key of both ends, found by what is known of the peer: in Main Mode, no more than its connection. */
    private static Secret presharedKey(Context context, IkeSa ike) throws IsakmpFailure {
        IkeId local = ike.connection().local().id();
        IkeId remote = ike.connection().remote().id();
        Optional<Secret> key = context.secrets().get().psk(local, remote);
        if (key.isEmpty()) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Can't authenticate: no preshared key found for `" + local + "' and `" + remote
                                    + "'.  Attribute OAKLEY_AUTHENTICATION_METHOD");
            throw IsakmpFailure.refused(NotificationType.NO_PROPOSAL_CHOSEN, "");
        }
        ike.phase1().setPresharedKey(key.get());
        return key.get();
    }

    private static Bytes initiatorValue(IkeSa ike) {
        return value(ike, IkeRole.INITIATOR);
    }

    private static Bytes responderValue(IkeSa ike) {
        return value(ike, IkeRole.RESPONDER);
    }

    private static Bytes value(IkeSa ike, IkeRole of) {
        Negotiation n = ike.negotiation();
        return ike.role() == of ? n.localKe().publicValue() : n.remoteKe();
    }

    /** HASH_I or HASH_R: what that end authenticates (RFC 2409 §5). */
    static Bytes hash(IkeSa ike, IkeRole of, IdPayload identity) {
        Ikev1Keys keys = ike.phase1().keys();
        Bytes cookieI = ike.initiatorSpi().octets();
        Bytes cookieR = ike.responderSpi().octets();
        Bytes sa = ike.phase1().initiatorSa();
        return of == IkeRole.INITIATOR
                ? keys.hashI(initiatorValue(ike), responderValue(ike), cookieI, cookieR, sa, identity.body())
                : keys.hashR(initiatorValue(ike), responderValue(ike), cookieI, cookieR, sa, identity.body());
    }
}
