// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC (RFC 2104). The digests of the padded keys are computed once and cloned for every message; the key may have any
 * length, none too.
 */
public final class Hmac implements KeyedMac {
    private static final byte INNER_PAD = 0x36;
    private static final byte OUTER_PAD = 0x5c;

    private MessageDigest inner;
    private MessageDigest outer;
    private MessageDigest current;

    public Hmac(String digestName, int blockSize, byte[] key) {
        MessageDigest digest = Digests.create(digestName);
        byte[] block = Arrays.copyOf(key.length > blockSize ? digest.digest(key) : key, blockSize);
        inner = padded(digest, block, INNER_PAD);
        outer = padded(Digests.create(digestName), block, OUTER_PAD);
        Arrays.fill(block, (byte) 0);
        current = copy(inner);
    }

    @Override
    public int length() {
        return inner.getDigestLength();
    }

    @Override
    public void update(byte[] octets, int offset, int count) {
        current.update(octets, offset, count);
    }

    @Override
    public byte[] finish() {
        MessageDigest last = copy(outer);
        byte[] middle = current.digest();
        byte[] result = last.digest(middle);
        Arrays.fill(middle, (byte) 0);
        current = copy(inner);
        return result;
    }

    @Override
    public void destroy() {
        inner = null;
        outer = null;
        current = null;
    }

    private static MessageDigest padded(MessageDigest digest, byte[] block, byte pad) {
        byte[] mixed = new byte[block.length];
        for (int i = 0; i < block.length; i++) {
            mixed[i] = (byte) (block[i] ^ pad);
        }
        digest.update(mixed);
        Arrays.fill(mixed, (byte) 0);
        return digest;
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(digest.getAlgorithm() + " cannot be cloned", e);
        }
    }
}
