// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import org.jswan.crypto.keymat.IkeKeys;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.sa.IkeSa;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.IdPayload;

/**
 * A way to prove an identity (RFC 7296 §2.15). Either direction may have to wait for a helper, so each takes what the
 * exchange goes on with.
 */
public interface Authenticator {
    /** Our AUTH payload. */
    interface Proof {
        /** @throws ProtocolFailure if there is none after all */
        AuthPayload payload() throws ProtocolFailure;
    }

    /** What follows our proof. */
    interface Proven {
        Verdict with(Proof proof) throws ProtocolFailure;
    }

    /**
     * Who we are.
     *
     * @param identity as it is sent
     * @param keys with whose SK_pi or SK_pr it is proven
     */
    record Own(IdPayload identity, IkeKeys keys) {
        /** By the keys of the IKE SA as it is. */
        public static Own of(IkeSa ike, IdPayload identity) {
            return new Own(identity, ike.keys());
        }
    }

    /**
     * What the peer says of itself.
     *
     * @param identity its identity as it sent it
     * @param onFailure what ends if the proof is none
     */
    record Claim(IdPayload identity, AuthPayload auth, Scope onFailure) {}

    /**
     * Proves our identity.
     *
     * @throws ProtocolFailure if we cannot
     */
    Verdict prove(IkeSa ike, Own own, Proven then) throws ProtocolFailure;

    /**
     * Checks the peer's proof, and says that the peer is who it claims to be.
     *
     * @throws ProtocolFailure if it is not
     */
    Verdict verify(IkeSa ike, Claim claim, Verdict.Step then) throws ProtocolFailure;
}
