// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.CamelliaCbc;
import org.jswan.crypto.jca.JcaCipher;
import org.jswan.crypto.jca.PlainCipher;
import org.jswan.random.RandomSource;

/**
 * Protection by a cipher and an integrity algorithm (RFC 7296 §3.14): the integrity check value covers what comes before it
 * in the message, ciphertext included. CBC takes a random IV; AES-CTR (RFC 5930) one that counts, as it must never come twice.
 */
final class EncryptThenMacProtection implements Protection {
    private final Encr encr;
    private final int icvLength;
    private final PlainCipher encrypting;
    private final PlainCipher decrypting;
    private final MacStream mac;
    private final byte[] salt;
    private long lastIv;

    /**
     * @param keyAndSalt as in SK_ei or SK_er
     * @param integKey as in SK_ai or SK_ar
     * @throws IllegalArgumentException if a key has a wrong length
     */
    EncryptThenMacProtection(Encr encr, Secret keyAndSalt, Integ integ, Secret integKey) {
        if (integKey.length() != integ.keyLength()) {
            throw new IllegalArgumentException(integ.fqn() + " has no key of " + integKey.length() + " octets");
        }
        this.encr = encr;
        this.icvLength = integ.icvLength();
        byte[] key = Protections.keyOf(encr, keyAndSalt);
        encrypting = cipher(encr, key);
        decrypting = cipher(encr, key);
        mac = integ.start(integKey);
        salt = Arrays.copyOfRange(keyAndSalt.expose(), key.length, keyAndSalt.length());
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public int ivLength() {
        return encr.ivLength();
    }

    @Override
    public int blockSize() {
        return encr.padsToBlock() ? encr.blockSize() : 1;
    }

    @Override
    public int icvLength() {
        return icvLength;
    }

    @Override
    public Bytes seal(Bytes associated, Bytes plaintext, RandomSource random) {
        byte[] encrypted = new byte[ivLength() + plaintext.length()];
        if (encr.padsToBlock()) {
            random.bytes(ivLength()).copyTo(encrypted, 0);
        } else {
            Protections.putCounter(++lastIv, encrypted);
        }
        encrypting.encrypt(cipherIv(encrypted), plaintext.toArray(), encrypted, ivLength());
        Bytes body = Bytes.wrap(encrypted);
        return body.plus(mac.update(associated).update(body).finish());
    }

    @Override
    public Optional<Bytes> open(Bytes associated, Bytes sealed) {
        int ciphertextLength = sealed.length() - ivLength() - icvLength;
        if (ciphertextLength < 0 || ciphertextLength % blockSize() != 0) {
            return Optional.empty();
        }
        Bytes body = sealed.first(ivLength() + ciphertextLength);
        Bytes expected = mac.update(associated).update(body).finish();
        if (!MessageDigest.isEqual(
                expected.toArray(), sealed.from(body.length()).toArray())) {
            return Optional.empty();
        }
        byte[] octets = body.toArray();
        return Optional.of(Bytes.wrap(decrypting.decrypt(cipherIv(octets), octets, ivLength(), ciphertextLength)));
    }

    @Override
    public void destroy() {
        encrypting.destroy();
        decrypting.destroy();
        mac.close();
        Arrays.fill(salt, (byte) 0);
    }

    /** The IV of the message; for AES-CTR the first counter block, nonce | IV | 1 (RFC 5930 §2). */
    private byte[] cipherIv(byte[] encrypted) {
        if (encr.padsToBlock()) {
            return Arrays.copyOf(encrypted, ivLength());
        }
        byte[] block = Arrays.copyOf(salt, encr.blockSize());
        System.arraycopy(encrypted, 0, block, salt.length, ivLength());
        block[block.length - 1] = 1;
        return block;
    }

    static PlainCipher cipher(Encr encr, byte[] key) {
        return switch (encr) {
            case AES_CBC -> JcaCipher.aesCbc(key);
            case AES_CTR -> JcaCipher.aesCtr(key);
            case TRIPLE_DES_CBC -> JcaCipher.tripleDesCbc(key);
            case CAMELLIA_CBC -> new CamelliaCbc(key);
            default -> throw new IllegalArgumentException(encr.fqn() + " cannot protect IKE messages");
        };
    }
}
