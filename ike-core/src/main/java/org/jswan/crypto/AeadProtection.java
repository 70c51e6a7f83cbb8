// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Arrays;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.AeadCipher;
import org.jswan.crypto.jca.BouncyAead;
import org.jswan.crypto.jca.JcaGcm;
import org.jswan.random.RandomSource;

/**
 * Protection by one algorithm that encrypts and authenticates (RFC 5282, RFC 7634). The nonce is the salt, which the keying
 * material has behind the key, and then the IV that goes with the message. IVs of ours count up from 1, so none comes twice
 * under a key, whatever the random source does.
 */
final class AeadProtection implements Protection {
    private final Encr encr;
    private final AeadCipher sealing;
    private final AeadCipher opening;
    private final byte[] salt;
    private long lastIv;

    /**
     * @param keyAndSalt as in SK_ei or SK_er
     * @throws IllegalArgumentException if that is no length of a key of {@code encr} and its salt
     */
    AeadProtection(Encr encr, Secret keyAndSalt) {
        this.encr = encr;
        byte[] key = Protections.keyOf(encr, keyAndSalt);
        sealing = cipher(encr, key);
        opening = cipher(encr, key);
        salt = Arrays.copyOfRange(keyAndSalt.expose(), key.length, keyAndSalt.length());
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public int ivLength() {
        return encr.ivLength();
    }

    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int icvLength() {
        return encr.icvLength();
    }

    @Override
    public Bytes seal(Bytes associated, Bytes plaintext, RandomSource random) {
        byte[] sealed = new byte[ivLength() + plaintext.length() + icvLength()];
        Protections.putCounter(++lastIv, sealed);
        sealing.seal(nonce(sealed), associated.toArray(), plaintext.toArray(), sealed, ivLength());
        return Bytes.wrap(sealed);
    }

    @Override
    public Optional<Bytes> open(Bytes associated, Bytes sealed) {
        if (sealed.length() < ivLength() + icvLength()) {
            return Optional.empty();
        }
        byte[] octets = sealed.toArray();
        return opening.open(nonce(octets), associated.toArray(), octets, ivLength(), octets.length - ivLength())
                .map(Bytes::wrap);
    }

    @Override
    public void destroy() {
        sealing.destroy();
        opening.destroy();
        Arrays.fill(salt, (byte) 0);
    }

    private byte[] nonce(byte[] sealed) {
        byte[] nonce = Arrays.copyOf(salt, salt.length + ivLength());
        System.arraycopy(sealed, 0, nonce, salt.length, ivLength());
        return nonce;
    }

    static AeadCipher cipher(Encr encr, byte[] key) {
        return switch (encr) {
            case AES_GCM_16, AES_GCM_12 -> new JcaGcm(key, encr.icvLength());
            case AES_GCM_8 -> BouncyAead.aesGcm(key, encr.icvLength());
            case AES_CCM_16, AES_CCM_12, AES_CCM_8 -> BouncyAead.aesCcm(key, encr.icvLength());
            case CHACHA20_POLY1305 -> BouncyAead.chaCha20Poly1305(key);
            default -> throw new IllegalArgumentException(encr.fqn() + " cannot protect IKE messages");
        };
    }
}
