// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;

/** A cipher of SunJCE. */
public final class JcaCipher implements PlainCipher {
    private static final String PROVIDER = "SunJCE";

    private final Cipher cipher;
    private final RawKey key;

    private JcaCipher(String name, RawKey key) {
        this.cipher = create(name);
        this.key = key;
    }

    public static JcaCipher aesCbc(byte[] key) {
        return new JcaCipher("AES/CBC/NoPadding", new RawKey("AES", key));
    }

    /** The IV is the whole first counter block of 16 octets. */
    public static JcaCipher aesCtr(byte[] key) {
        return new JcaCipher("AES/CTR/NoPadding", new RawKey("AES", key));
    }

    /** Three keys of 8 octets; their parity bits are not looked at. */
    public static JcaCipher tripleDesCbc(byte[] key) {
        return new JcaCipher("DESede/CBC/NoPadding", new RawKey("DESede", key));
    }

    @Override
    public void encrypt(byte[] iv, byte[] plaintext, byte[] out, int at) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(iv));
            cipher.doFinal(plaintext, 0, plaintext.length, out, at);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(cipher.getAlgorithm() + " cannot encrypt", e);
        }
    }

    @Override
    public byte[] decrypt(byte[] iv, byte[] ciphertext, int at, int length) {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(iv));
            return cipher.doFinal(ciphertext, at, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(cipher.getAlgorithm() + " cannot decrypt", e);
        }
    }

    @Override
    public void destroy() {
        key.destroy();
    }

    static Cipher create(String name) {
        try {
            return Cipher.getInstance(name, PROVIDER);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROVIDER + " lacks " + name, e);
        }
    }
}
