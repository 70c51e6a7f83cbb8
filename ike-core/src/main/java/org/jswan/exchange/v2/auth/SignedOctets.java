// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import org.jswan.base.Bytes;
import org.jswan.crypto.keymat.AuthKeys;
import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.exchange.v2.auth.Authenticator.Own;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.v2.IdPayload;

/** What the ends sign in IKE_AUTH (RFC 7296 §2.15). */
final class SignedOctets {
    private SignedOctets() {}

    /** Whose hash of IKE_INTERMEDIATE comes first. */
    enum Order {
        /** As RFC 9242 has it. */
        INITIATOR_FIRST,
        /** As libreswan 4.10 does it where a private key signs. */
        SIGNER_FIRST
    }

    /** What we sign: our first message, the peer's nonce, our identity. */
    static Bytes ours(IkeSa ike, Own own, Order order) {
        return of(
                ike,
                own.keys(),
                ike.role() == IkeRole.INITIATOR,
                ike.negotiation().localMessage(),
                own.identity(),
                order);
    }

    /** What the peer signs. */
    static Bytes theirs(IkeSa ike, IdPayload peer, Order order) {
        return of(
                ike,
                ike.keys(),
                ike.role() == IkeRole.RESPONDER,
                ike.negotiation().remoteMessage(),
                peer,
                order);
    }

    private static Bytes of(
            IkeSa ike, IkeKeys keys, boolean byInitiator, Bytes firstMessage, IdPayload identity, Order order) {
        Negotiation n = ike.negotiation();
        Bytes othersNonce = byInitiator ? n.responderNonce() : n.initiatorNonce();
        return AuthKeys.signedOctets(keys, byInitiator, firstMessage, othersNonce, identity.body())
                .plus(n.intermediate().octets(order == Order.INITIATOR_FIRST || byInitiator));
    }
}
