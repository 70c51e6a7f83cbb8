// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.AEADCipher;
import org.bouncycastle.crypto.modes.CCMBlockCipher;
import org.bouncycastle.crypto.modes.ChaCha20Poly1305;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** An AEAD of Bouncy Castle, for what JCA's providers lack. */
public final class BouncyAead implements AeadCipher {
    private final AEADCipher cipher;
    private final byte[] key;
    private final int tagLength;

    private BouncyAead(AEADCipher cipher, byte[] key, int tagLength) {
        this.cipher = cipher;
        this.key = key.clone();
        this.tagLength = tagLength;
    }

    /** AES-GCM with a tag of 4 to 16 octets. */
    public static BouncyAead aesGcm(byte[] key, int tagLength) {
        return new BouncyAead(GCMBlockCipher.newInstance(AESEngine.newInstance()), key, tagLength);
    }

    /** AES-CCM with a tag of 8, 12 or 16 octets; the length of the nonce sets that of the counter. */
    public static BouncyAead aesCcm(byte[] key, int tagLength) {
        return new BouncyAead(CCMBlockCipher.newInstance(AESEngine.newInstance()), key, tagLength);
    }

    /** ChaCha20 and Poly1305 (RFC 8439). JCA's will not open the same message twice, as when it is sent again. */
    public static BouncyAead chaCha20Poly1305(byte[] key) {
        return new BouncyAead(new ChaCha20Poly1305(), key, 16);
    }

    @Override
    public int tagLength() {
        return tagLength;
    }

    @Override
    public void seal(byte[] nonce, byte[] associated, byte[] plaintext, byte[] out, int at) {
        try {
            init(true, nonce, associated);
            int written = cipher.processBytes(plaintext, 0, plaintext.length, out, at);
            cipher.doFinal(out, at + written);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException(cipher.getAlgorithmName() + " cannot seal", e);
        }
    }

    @Override
    public Optional<byte[]> open(byte[] nonce, byte[] associated, byte[] sealed, int at, int length) {
        init(false, nonce, associated);
        byte[] plaintext = new byte[length - tagLength];
        try {
            int written = cipher.processBytes(sealed, at, length, plaintext, 0);
            cipher.doFinal(plaintext, written);
            return Optional.of(plaintext);
        } catch (InvalidCipherTextException e) {
            return Optional.empty();
        }
    }

    @Override
    public void destroy() {
        Arrays.fill(key, (byte) 0);
    }

    private void init(boolean encrypting, byte[] nonce, byte[] associated) {
        cipher.init(encrypting, new AEADParameters(new KeyParameter(key), tagLength * Byte.SIZE, nonce, associated));
    }
}
