// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.keymat.Ikev1Keys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NotificationType;

/** What both ends of phase 1 have in common: key exchange, nonces, and the keys and hashes that come of them. */
final class Phase1Agreement {
    private Phase1Agreement() {}

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
        return KeyAgreement.payload(
                context.world().impair(),
                ike.logger(),
                ike.negotiation().localKe().publicValue());
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
                            ike.phase1().isBySignatures()
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
