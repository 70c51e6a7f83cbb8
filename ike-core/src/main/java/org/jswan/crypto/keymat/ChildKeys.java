// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.MacStream;

/**
 * The keys of a pair of ESP or AH SAs, by who sends in the exchange that made them.
 *
 * @param initiatorEncr with its salt behind it; empty for AH
 * @param initiatorInteg empty with an AEAD
 */
public record ChildKeys(Secret initiatorEncr, Secret initiatorInteg, Secret responderEncr, Secret responderInteg)
        implements AutoCloseable {

    /**
     * Derives them as RFC 7296 §2.17: KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr). The caller owns the result.
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

    /**
     * Derives them as RFC 2409 §5.5, each SA's from its own SPI: KEYMAT = K1 | K2 | ..., K1 = prf(SKEYID_d, [g(qm)^xy |]
     * protocol | SPI | Ni_b | Nr_b), Kn = prf(SKEYID_d, Kn-1 | [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b). The caller owns the
     * result. Where AH and ESP go together, each is asked for by itself.
     *
     * @param isakmp the keys of the ISAKMP SA that protects the exchange
     * @param sharedSecret of the exchange itself, with perfect forward secrecy; stays the caller's
     * @param nonces of Quick Mode
     * @param protocol as a proposal numbers it: 2 AH, 3 ESP
     * @param spis which of Quick Mode's ends chose which
     */
    public static ChildKeys deriveIkev1(
            Ikev1Keys isakmp,
            Optional<Secret> sharedSecret,
            Nonces nonces,
            int protocol,
            SpiPair spis,
            ChildSuite suite) {
        int encrKey = suite.encrKeyLength();
        int length = encrKey + suite.integ().keyLength();
        // An SPI is its receiver's choice: what the initiator sends goes by the responder's.
        try (Secret fromInitiator = keyMaterial(isakmp, sharedSecret, nonces, protocol, spis.responder(), length);
                Secret fromResponder = keyMaterial(isakmp, sharedSecret, nonces, protocol, spis.initiator(), length)) {
            return new ChildKeys(
                    fromInitiator.slice(0, encrKey),
                    fromInitiator.slice(encrKey, length - encrKey),
                    fromResponder.slice(0, encrKey),
                    fromResponder.slice(encrKey, length - encrKey));
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

    private static Secret keyMaterial(
            Ikev1Keys isakmp, Optional<Secret> sharedSecret, Nonces nonces, int protocol, Bytes spi, int length) {
        try (Chain chain = new Chain(length);
                MacStream prf = isakmp.prf().start(isakmp.skeyidD())) {
            Optional<Secret> last = Optional.empty();
            while (!chain.isLongEnough()) {
                last.ifPresent(prf::update);
                sharedSecret.ifPresent(prf::update);
                prf.update(protocol).update(spi).update(nonces.joined());
                last = Optional.of(chain.add(prf.finishSecret()));
            }
            return chain.result();
        }
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
