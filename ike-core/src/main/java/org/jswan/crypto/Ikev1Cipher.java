// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.nio.ByteBuffer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.PlainCipher;

/**
 * The cipher of an ISAKMP SA of IKEv1 (RFC 2409 appendix B). No message carries its IV: that of an exchange's first message
 * is computed, any later one is what the message before left behind. Nothing is authenticated here; hashes inside do that.
 */
public final class Ikev1Cipher {
    private static final int COUNTER_LENGTH = 4;

    private final Encr encr;
    private final PlainCipher encrypting;
    private final PlainCipher decrypting;

    /**
     * A message that has been encrypted or decrypted.
     *
     * @param nextIv the IV of the exchange's next message: the last block of ciphertext, or the counter behind it
     */
    public record Result(Bytes octets, Bytes nextIv) {}

    /**
     * @param key without any salt; it is copied
     * @throws IllegalArgumentException if {@code encr} cannot encrypt IKEv1 messages or has no key of that length
     */
    public Ikev1Cipher(Encr encr, Secret key) {
        if (encr.ids().in(NumberSpace.IKEV1_OAKLEY).isEmpty() || !encr.hasKeyBits(key.length() * Byte.SIZE)) {
            throw new IllegalArgumentException(
                    encr.fqn() + " with a key of " + key.length() + " octets is not for IKEv1");
        }
        this.encr = encr;
        encrypting = EncryptThenMacProtection.cipher(encr, key.expose());
        decrypting = EncryptThenMacProtection.cipher(encr, key.expose());
    }

    /** Octets of a block and of an IV; ciphertexts are a multiple of it long. */
    public int blockSize() {
        return encr.blockSize();
    }

    /** Whether {@code ciphertext}, which comes from the network, can be decrypted: there is some, and it ends with a block. */
    public boolean hasWholeBlocks(Bytes ciphertext) {
        return !ciphertext.isEmpty() && ciphertext.length() % blockSize() == 0;
    }

    /** {@code payloads} with zeros behind them up to the next block; as libreswan: none where a block ends already. */
    public Bytes padded(Bytes payloads) {
        int last = payloads.length() % blockSize();
        return last == 0 ? payloads : payloads.plus(Bytes.wrap(new byte[blockSize() - last]));
    }

    /**
     * Encrypts all of a message behind its header.
     *
     * @param iv a block
     * @param payloads are padded here
     */
    public Result encrypt(Bytes iv, Bytes payloads) {
        byte[] plaintext = padded(payloads).toArray();
        byte[] ciphertext = new byte[plaintext.length];
        encrypting.encrypt(iv.toArray(), plaintext, ciphertext, 0);
        Bytes encrypted = Bytes.wrap(ciphertext);
        return new Result(encrypted, next(iv, encrypted));
    }

    /**
     * Decrypts all of a message behind its header.
     *
     * @param ciphertext for which {@link #hasWholeBlocks} holds
     * @return the payloads with their padding
     */
    public Result decrypt(Bytes iv, Bytes ciphertext) {
        byte[] octets = ciphertext.toArray();
        Bytes plaintext = Bytes.wrap(decrypting.decrypt(iv.toArray(), octets, 0, octets.length));
        return new Result(plaintext, next(iv, ciphertext));
    }

    /** Forgets the key; not to be used afterwards. */
    public void destroy() {
        encrypting.destroy();
        decrypting.destroy();
    }

    private Bytes next(Bytes iv, Bytes ciphertext) {
        if (encr.padsToBlock()) {
            return ciphertext.from(ciphertext.length() - blockSize());
        }
        // as libreswan: a counter mode goes on with its counter block, whose last 32 bits have counted the blocks
        byte[] block = iv.toArray();
        int at = block.length - COUNTER_LENGTH;
        int counter = ByteBuffer.wrap(block).getInt(at) + ciphertext.length() / blockSize();
        ByteBuffer.wrap(block).putInt(at, counter);
        return Bytes.wrap(block);
    }
}
