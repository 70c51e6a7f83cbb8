// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Arrays;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.params.KeyParameter;

/** AES-XCBC-MAC without truncation (RFC 3566), its key of any length as RFC 4434 has it for a PRF. */
public final class AesXcbc implements KeyedMac {
    private static final int BLOCK = 16;

    private final BlockCipher cipher;
    private final byte[] k2;
    private final byte[] k3;
    private final byte[] chain = new byte[BLOCK];
    private final byte[] pending = new byte[BLOCK];
    private int filled;

    public AesXcbc(byte[] key) {
        byte[] fitted = fit(key);
        BlockCipher derive = aes(fitted);
        Arrays.fill(fitted, (byte) 0);
        byte[] k1 = subkey(derive, 1);
        k2 = subkey(derive, 2);
        k3 = subkey(derive, 3);
        cipher = aes(k1);
        Arrays.fill(k1, (byte) 0);
    }

    @Override
    public int length() {
        return BLOCK;
    }

    @Override
    public void update(byte[] octets, int offset, int count) {
        int at = offset;
        int left = count;
        while (left > 0) {
            // the last block is held back: it gets another key mixed in
            if (filled == BLOCK) {
                mix(pending);
                cipher.processBlock(chain, 0, chain, 0);
                filled = 0;
            }
            int part = Math.min(left, BLOCK - filled);
            System.arraycopy(octets, at, pending, filled, part);
            filled += part;
            at += part;
            left -= part;
        }
    }

    @Override
    public byte[] finish() {
        boolean whole = filled == BLOCK;
        if (!whole) {
            pending[filled] = (byte) 0x80;
            Arrays.fill(pending, filled + 1, BLOCK, (byte) 0);
        }
        mix(pending);
        mix(whole ? k2 : k3);
        byte[] result = new byte[BLOCK];
        cipher.processBlock(chain, 0, result, 0);
        Arrays.fill(chain, (byte) 0);
        filled = 0;
        return result;
    }

    @Override
    public void destroy() {
        Arrays.fill(k2, (byte) 0);
        Arrays.fill(k3, (byte) 0);
        Arrays.fill(pending, (byte) 0);
        cipher.init(true, new KeyParameter(new byte[BLOCK]));
    }

    private void mix(byte[] block) {
        for (int i = 0; i < BLOCK; i++) {
            chain[i] ^= block[i];
        }
    }

    /** RFC 4434 §2: a short key is padded with zeros, a long one hashed with a key of zeros. */
    private static byte[] fit(byte[] key) {
        if (key.length <= BLOCK) {
            return Arrays.copyOf(key, BLOCK);
        }
        AesXcbc hash = new AesXcbc(new byte[BLOCK]);
        hash.update(key, 0, key.length);
        return hash.finish();
    }

    private static BlockCipher aes(byte[] key) {
        BlockCipher cipher = AESEngine.newInstance();
        cipher.init(true, new KeyParameter(key));
        return cipher;
    }

    private static byte[] subkey(BlockCipher derive, int number) {
        byte[] block = new byte[BLOCK];
        Arrays.fill(block, (byte) number);
        derive.processBlock(block, 0, block, 0);
        return block;
    }
}
