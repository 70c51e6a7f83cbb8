// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.Hash;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.crypto.MacStream;
import org.jswan.crypto.Prf;

/**
 * The keys of an ISAKMP SA of IKEv1 (RFC 2409 §5) and what is computed with them.
 *
 * <pre>
 * SKEYID_d = prf(SKEYID, g^xy | CKY-I | CKY-R | 0)
 * SKEYID_a = prf(SKEYID, SKEYID_d | g^xy | CKY-I | CKY-R | 1)
 * SKEYID_e = prf(SKEYID, SKEYID_a | g^xy | CKY-I | CKY-R | 2)
 * </pre>
 *
 * <p>The PRF is HMAC of the negotiated hash.
 */
public final class Ikev1Keys implements AutoCloseable {
    private final IkeSuite suite;
    private final Secret skeyid;
    private final Secret skeyidD;
    private final Secret skeyidA;
    private final Secret skeyidE;
    private final Secret cipherKey;

    /** Takes over {@code skeyid}. */
    private Ikev1Keys(IkeSuite suite, Secret skeyid, Secret gxy, Bytes cookies) {
        this.suite = suite;
        this.skeyid = skeyid;
        try (Secret nothing = Secret.take(new byte[0])) {
            skeyidD = derived(nothing, gxy, cookies, 0);
        }
        skeyidA = derived(skeyidD, gxy, cookies, 1);
        skeyidE = derived(skeyidA, gxy, cookies, 2);
        cipherKey = cipherKey(suite.encrKeyBits() / Byte.SIZE);
    }

    /**
     * Keys where both ends know a secret: SKEYID = prf(pre-shared-key, Ni_b | Nr_b).
     *
     * @param psk stays the caller's, as {@code gxy}
     * @param cookieI of the one who began the exchange, eight octets, as {@code cookieR}
     */
    public static Ikev1Keys forPresharedKey(
            IkeSuite suite, Secret psk, Secret gxy, Nonces nonces, Bytes cookieI, Bytes cookieR) {
        try (MacStream prf = suite.prf().start(psk)) {
            return new Ikev1Keys(suite, prf.update(nonces.joined()).finishSecret(), gxy, cookieI.plus(cookieR));
        }
    }

    /** Keys where signatures prove who is who: SKEYID = prf(Ni_b | Nr_b, g^xy); parameters as those of a pre-shared key. */
    public static Ikev1Keys forSignatures(IkeSuite suite, Secret gxy, Nonces nonces, Bytes cookieI, Bytes cookieR) {
        try (Secret nonceKey = Secret.copyOf(nonces.joined());
                MacStream prf = suite.prf().start(nonceKey)) {
            return new Ikev1Keys(suite, prf.update(gxy).finishSecret(), gxy, cookieI.plus(cookieR));
        }
    }

    public IkeSuite suite() {
        return suite;
    }

    public Prf prf() {
        return suite.prf();
    }

    Secret skeyid() {
        return skeyid;
    }

    /** SKEYID_d, from which IPsec SAs have their keys; it stays this object's, as all that follow. */
    Secret skeyidD() {
        return skeyidD;
    }

    Secret skeyidA() {
        return skeyidA;
    }

    Secret skeyidE() {
        return skeyidE;
    }

    /** The key of the cipher: the first octets of SKEYID_e, or of what RFC 2409 appendix B stretches it to. */
    Secret cipherKey() {
        return cipherKey;
    }

    /** A new cipher for this SA's messages, the caller's to destroy. */
    public Ikev1Cipher cipher() {
        return new Ikev1Cipher(suite.encr(), cipherKey);
    }

    /**
     * HASH_I, by which the initiator proves who it is or what it signs: prf(SKEYID, g^xi | g^xr | CKY-I | CKY-R | SAi_b |
     * IDii_b).
     *
     * @param gxi the initiator's public value, as in its KE payload; {@code gxr} the responder's
     * @param saBody of the initiator's first message, without its generic header, exactly as it was on the wire
     * @param idBody of the initiator, likewise
     */
    public Bytes hashI(Bytes gxi, Bytes gxr, Bytes cookieI, Bytes cookieR, Bytes saBody, Bytes idBody) {
        return prf().compute(skeyid, gxi, gxr, cookieI, cookieR, saBody, idBody);
    }

    /** HASH_R: prf(SKEYID, g^xr | g^xi | CKY-R | CKY-I | SAi_b | IDir_b); parameters as those of HASH_I, but for the ID. */
    public Bytes hashR(Bytes gxi, Bytes gxr, Bytes cookieI, Bytes cookieR, Bytes saBody, Bytes idBody) {
        return prf().compute(skeyid, gxr, gxi, cookieR, cookieI, saBody, idBody);
    }

    /**
     * HASH(1) of Quick Mode: prf(SKEYID_a, M-ID | rest).
     *
     * @param messageId unsigned, 32 bits
     * @param rest of the message: all behind the hash payload, generic headers included, padding excluded
     */
    public Bytes quickHash1(long messageId, Bytes rest) {
        return prf().compute(skeyidA, octets(messageId), rest);
    }

    /** HASH(2) of Quick Mode: prf(SKEYID_a, M-ID | Ni_b | rest). */
    public Bytes quickHash2(long messageId, Bytes ni, Bytes rest) {
        return prf().compute(skeyidA, octets(messageId), ni, rest);
    }

    /** HASH(3) of Quick Mode: prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b). */
    public Bytes quickHash3(long messageId, Nonces nonces) {
        return prf().compute(skeyidA, Bytes.of(0), octets(messageId), nonces.joined());
    }

    /** The hash of an Informational exchange (RFC 2409 §5.7), of Mode Config and of XAUTH; made like HASH(1). */
    public Bytes informationalHash(long messageId, Bytes rest) {
        return quickHash1(messageId, rest);
    }

    /** The IV of phase 1's first encrypted message (RFC 2409 appendix B): hash(g^xi | g^xr), cut to a block. */
    public Bytes phase1Iv(Bytes gxi, Bytes gxr) {
        return iv(gxi, gxr);
    }

    /**
     * The IV of the first message of an exchange protected by this SA: hash(last phase 1 block | M-ID), cut to a block.
     *
     * @param lastPhase1Block the IV that phase 1 ended with
     */
    public Bytes phase2Iv(Bytes lastPhase1Block, long messageId) {
        return iv(lastPhase1Block, octets(messageId));
    }

    @Override
    public void close() {
        skeyid.destroy();
        skeyidD.destroy();
        skeyidA.destroy();
        skeyidE.destroy();
        cipherKey.destroy();
    }

    private Secret derived(Secret previous, Secret gxy, Bytes cookies, int number) {
        try (MacStream prf = prf().start(skeyid)) {
            return prf.update(previous)
                    .update(gxy)
                    .update(cookies)
                    .update(number)
                    .finishSecret();
        }
    }

    /** RFC 2409 appendix B: Ka = K1 | K2 | ..., K1 = prf(SKEYID_e, 0), Kn = prf(SKEYID_e, Kn-1), if SKEYID_e is too short. */
    private Secret cipherKey(int length) {
        if (skeyidE.length() >= length) {
            return skeyidE.slice(0, length);
        }
        try (Secret zero = Secret.take(new byte[1]);
                Chain chain = new Chain(length)) {
            Secret last = zero;
            while (!chain.isLongEnough()) {
                try (MacStream prf = prf().start(skeyidE)) {
                    last = chain.add(prf.update(last).finishSecret());
                }
            }
            return chain.result();
        }
    }

    private Bytes iv(Bytes first, Bytes second) {
        Hash hash = prf().hash().orElseThrow(() -> new IllegalStateException("IKEv1 knows no PRF without a hash"));
        return hash.digest(first, second).first(suite.encr().blockSize());
    }

    private static Bytes octets(long messageId) {
        return Bytes.of((int) (messageId >>> 24), (int) (messageId >>> 16), (int) (messageId >>> 8), (int) messageId);
    }
}
