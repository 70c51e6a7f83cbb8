// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.MacStream;
import org.jswan.crypto.Prf;
import org.jswan.crypto.Protection;
import org.jswan.crypto.Protections;

/**
 * The keys of an IKE SA (RFC 7296 §2.14). The encryption keys have their salt behind them.
 *
 * <pre>
 * {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr)
 * </pre>
 */
public final class IkeKeys implements AutoCloseable {
    private static final int BLOCK_CIPHER_NONCE = 8;

    private final IkeSuite suite;
    private final Secret skD;
    private final Secret skAi;
    private final Secret skAr;
    private final Secret skEi;
    private final Secret skEr;
    private final Secret skPi;
    private final Secret skPr;

    private IkeKeys(IkeSuite suite, Secret keyMaterial) {
        this.suite = suite;
        Cutter cutter = new Cutter(keyMaterial);
        int prfKey = suite.prf().keyLength();
        int integKey = suite.integ().keyLength();
        int encrKey = suite.encr().keyMaterialLength(suite.encrKeyBits());
        skD = cutter.next(prfKey);
        skAi = cutter.next(integKey);
        skAr = cutter.next(integKey);
        skEi = cutter.next(encrKey);
        skEr = cutter.next(encrKey);
        skPi = cutter.next(prfKey);
        skPr = cutter.next(prfKey);
    }

    private IkeKeys(IkeKeys base, Secret skD, Secret skPi, Secret skPr) {
        suite = base.suite;
        this.skD = skD;
        skAi = base.skAi.copy();
        skAr = base.skAr.copy();
        skEi = base.skEi.copy();
        skEr = base.skEr.copy();
        this.skPi = skPi;
        this.skPr = skPr;
    }

    /**
     * The keys of a first IKE SA: SKEYSEED = prf(Ni | Nr, g^ir).
     *
     * @param sharedSecret g^ir, which stays the caller's
     * @param spiInitiator eight octets, as {@code spiResponder}
     */
    public static IkeKeys initial(
            IkeSuite suite, Secret sharedSecret, Nonces nonces, Bytes spiInitiator, Bytes spiResponder) {
        Bytes key = nonces.joined();
        if (suite.prf().hash().isEmpty()) {
            // RFC 7296 §2.14: AES-XCBC-PRF-128 takes 64 bits of each nonce.
            key = nonces.ni().first(BLOCK_CIPHER_NONCE).plus(nonces.nr().first(BLOCK_CIPHER_NONCE));
        }
        try (Secret nonceKey = Secret.copyOf(key);
                MacStream prf = suite.prf().start(nonceKey);
                Secret skeyseed = prf.update(sharedSecret).finishSecret()) {
            return expand(suite, skeyseed, nonces, spiInitiator.plus(spiResponder));
        }
    }

    /**
     * The keys of an IKE SA that replaces this one (RFC 7296 §2.18): SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr), with
     * the PRF of this one.
     *
     * @param next the algorithms of the new SA
     * @param sharedSecret g^ir of the new exchange, which stays the caller's
     */
    public IkeKeys rekey(IkeSuite next, Secret sharedSecret, Nonces nonces, Bytes spiInitiator, Bytes spiResponder) {
        try (MacStream prf = suite.prf().start(skD);
                Secret skeyseed =
                        prf.update(sharedSecret).update(nonces.joined()).finishSecret()) {
            return expand(next, skeyseed, nonces, spiInitiator.plus(spiResponder));
        }
    }

    /**
     * These keys with a postquantum preshared key mixed into those that Child SAs and identities depend on (RFC 8784 §3):
     * SK_d = prf+ (PPK, SK_d'), and so SK_pi and SK_pr. The messages of the IKE SA stay protected as they are.
     *
     * @param postquantum the PPK, which stays the caller's
     */
    public IkeKeys mix(Secret postquantum) {
        return new IkeKeys(this, mixed(postquantum, skD), mixed(postquantum, skPi), mixed(postquantum, skPr));
    }

    private Secret mixed(Secret postquantum, Secret key) {
        return suite.prf().plus(postquantum, key, key.length());
    }

    public IkeSuite suite() {
        return suite;
    }

    public Prf prf() {
        return suite.prf();
    }

    /** SK_d, from which Child SAs have their keys; it stays this object's, as all that follow. */
    public Secret skD() {
        return skD;
    }

    public Secret skAi() {
        return skAi;
    }

    public Secret skAr() {
        return skAr;
    }

    public Secret skEi() {
        return skEi;
    }

    public Secret skEr() {
        return skEr;
    }

    /** SK_pi or SK_pr, with which the one who began the IKE SA, or the other, proves its identity. */
    public Secret skP(boolean initiator) {
        return initiator ? skPi : skPr;
    }

    /** Protection of what the one who began the IKE SA sends, or the other; a new object, for one direction of one SA. */
    public Protection protection(boolean fromInitiator) {
        return fromInitiator
                ? Protections.of(suite.encr(), skEi, suite.integ(), skAi)
                : Protections.of(suite.encr(), skEr, suite.integ(), skAr);
    }

    /** Overwrites all keys. */
    @Override
    public void close() {
        for (Secret key : new Secret[] {skD, skAi, skAr, skEi, skEr, skPi, skPr}) {
            key.destroy();
        }
    }

    private static IkeKeys expand(IkeSuite suite, Secret skeyseed, Nonces nonces, Bytes spis) {
        int length = 3 * suite.prf().keyLength()
                + 2 * suite.integ().keyLength()
                + 2 * suite.encr().keyMaterialLength(suite.encrKeyBits());
        try (Secret seed = Secret.copyOf(nonces.joined().plus(spis));
                Secret keyMaterial = suite.prf().plus(skeyseed, seed, length)) {
            return new IkeKeys(suite, keyMaterial);
        }
    }
}
