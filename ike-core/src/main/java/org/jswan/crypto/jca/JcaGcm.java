// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/** AES-GCM of SunJCE, with a tag of 12 to 16 octets; it knows no shorter one. */
public final class JcaGcm implements AeadCipher {
    private final Cipher cipher = JcaCipher.create("AES/GCM/NoPadding");
    private final RawKey key;
    private final int tagLength;

    public JcaGcm(byte[] key, int tagLength) {
        this.key = new RawKey("AES", key);
        this.tagLength = tagLength;
    }

    @Override
    public int tagLength() {
        return tagLength;
    }

    @Override
    public void seal(byte[] nonce, byte[] associated, byte[] plaintext, byte[] out, int at) {
        try {
            init(Cipher.ENCRYPT_MODE, nonce, associated);
            cipher.doFinal(plaintext, 0, plaintext.length, out, at);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(cipher.getAlgorithm() + " cannot seal", e);
        }
    }

    @Override
    public Optional<byte[]> open(byte[] nonce, byte[] associated, byte[] sealed, int at, int length) {
        try {
            init(Cipher.DECRYPT_MODE, nonce, associated);
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

    private void init(int mode, byte[] nonce, byte[] associated) throws GeneralSecurityException {
        cipher.init(mode, key, new GCMParameterSpec(tagLength * Byte.SIZE, nonce));
        cipher.updateAAD(associated);
    }
}
