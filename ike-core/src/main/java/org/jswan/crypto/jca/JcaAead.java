// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.GeneralSecurityException;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;

/** An AEAD of SunJCE. */
public final class JcaAead implements AeadCipher {
    private final Cipher cipher;
    private final RawKey key;
    private final int tagLength;
    private final Function<byte[], AlgorithmParameterSpec> parameters;

    private JcaAead(String name, RawKey key, int tagLength, Function<byte[], AlgorithmParameterSpec> parameters) {
        this.cipher = JcaCipher.create(name);
        this.key = key;
        this.tagLength = tagLength;
        this.parameters = parameters;
    }

    /** AES-GCM with a tag of 12 to 16 octets; JCA knows no shorter one. */
    public static JcaAead aesGcm(byte[] key, int tagLength) {
        return new JcaAead(
                "AES/GCM/NoPadding",
                new RawKey("AES", key),
                tagLength,
                nonce -> new GCMParameterSpec(tagLength * Byte.SIZE, nonce));
    }

    public static JcaAead chaCha20Poly1305(byte[] key) {
        return new JcaAead("ChaCha20-Poly1305", new RawKey("ChaCha20", key), 16, IvParameterSpec::new);
    }

    @Override
    public int tagLength() {
        return tagLength;
    }

    @Override
    public void seal(byte[] nonce, byte[] associated, byte[] plaintext, byte[] out, int at) {
        try {
            cipher.init(Cipher.ENCRYPT_MODE, key, parameters.apply(nonce));
            cipher.updateAAD(associated);
            cipher.doFinal(plaintext, 0, plaintext.length, out, at);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(cipher.getAlgorithm() + " cannot seal", e);
        }
    }

    @Override
    public Optional<byte[]> open(byte[] nonce, byte[] associated, byte[] sealed, int at, int length) {
        try {
            cipher.init(Cipher.DECRYPT_MODE, key, parameters.apply(nonce));
            cipher.updateAAD(associated);
            return Optional.of(cipher.doFinal(sealed, at, length));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(cipher.getAlgorithm() + " cannot open", e);
        }
    }

    @Override
    public void destroy() {
        key.destroy();
    }
}
