// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.agreement;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.random.RandomSource;

/** A whole Diffie-Hellman exchange, as a responder makes it once it has the peer's value. */
public record KeyAgreement(KeyExchange ours, Secret sharedSecret) {

    /**
     * Slow, for a helper. The caller owns the result.
     *
     * @throws PeerValueException if no honest peer sends that value
     */
    public static KeyAgreement with(KeGroup group, Bytes peer, RandomSource random) throws PeerValueException {
        KeyExchange ours = group.generate(random);
        try {
            return new KeyAgreement(ours, ours.sharedSecret(peer));
        } catch (PeerValueException refused) {
            ours.destroy();
            throw refused;
        }
    }
}
