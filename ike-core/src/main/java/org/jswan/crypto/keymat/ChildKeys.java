// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.ChildSuite;

/**
 * The keys of a pair of ESP or AH SAs (RFC 7296 §2.17), by who sends in the exchange that made them: KEYMAT =
 * prf+(SK_d, [g^ir |] Ni | Nr).
 *
 * @param initiatorEncr with its salt behind it; empty for AH
 * @param initiatorInteg empty with an AEAD
 */
public record ChildKeys(Secret initiatorEncr, Secret initiatorInteg, Secret responderEncr, Secret responderInteg)
        implements AutoCloseable {

    /**
     * Derives them; the caller owns the result.
     *
     * @param ike the keys of the IKE SA whose Child SA it is
     * @param sharedSecret of the exchange itself, with perfect forward secrecy; stays the caller's
     * @param nonces of the exchange that makes the Child SA
     */
    public static ChildKeys derive(IkeKeys ike, Optional<Secret> sharedSecret, Nonces nonces, ChildSuite suite) {
        int encrKey = suite.encrKeyLength();
        int integKey = suite.integ().keyLength();
        try (Secret seed = seed(sharedSecret, nonces);
                Secret keyMaterial = ike.prf().plus(ike.skD(), seed, 2 * (encrKey + integKey))) {
            Cutter cutter = new Cutter(keyMaterial);
            return new ChildKeys(
                    cutter.next(encrKey), cutter.next(integKey), cutter.next(encrKey), cutter.next(integKey));
        }
    }

    /** The encryption key of what the initiator of the exchange sends, or the responder. */
    public Secret encr(boolean fromInitiator) {
        return fromInitiator ? initiatorEncr : responderEncr;
    }

    public Secret integ(boolean fromInitiator) {
        return fromInitiator ? initiatorInteg : responderInteg;
    }

    @Override
    public void close() {
        initiatorEncr.destroy();
        initiatorInteg.destroy();
        responderEncr.destroy();
        responderInteg.destroy();
    }

    private static Secret seed(Optional<Secret> sharedSecret, Nonces nonces) {
        Bytes joined = nonces.joined();
        int secretLength = sharedSecret.map(Secret::length).orElse(0);
        byte[] seed = new byte[secretLength + joined.length()];
        sharedSecret.ifPresent(secret -> System.arraycopy(secret.expose(), 0, seed, 0, secretLength));
        joined.copyTo(seed, secretLength);
        return Secret.take(seed);
    }
}
