// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.Optional;
import java.util.zip.CRC32;
import org.jswan.base.Bytes;
import org.jswan.crypto.Protection;
import org.jswan.random.RandomSource;

/** Has the shape of a cipher with a check value and no strength: it turns every bit over and appends a checksum. */
record ToyProtection(int ivLength, int blockSize, int icvLength) implements Protection {
    static final ToyProtection CBC = new ToyProtection(16, 16, 12);
    static final ToyProtection AEAD = new ToyProtection(8, 1, 16);
    static final RandomSource RANDOM = octets -> java.util.Arrays.fill(octets, (byte) 0x5a);

    @Override
    public Bytes seal(Bytes associated, Bytes plaintext, RandomSource random) {
        if (plaintext.length() % blockSize != 0) {
            throw new IllegalArgumentException(plaintext.length() + " octets to seal");
        }
        Bytes sealed = random.bytes(ivLength).plus(turn(plaintext));
        return sealed.plus(check(associated, sealed));
    }

    @Override
    public Optional<Bytes> open(Bytes associated, Bytes sealed) {
        int end = sealed.length() - icvLength;
        Bytes covered = sealed.first(end);
        return check(associated, covered).equals(sealed.from(end))
                ? Optional.of(turn(covered.from(ivLength)))
                : Optional.empty();
    }

    private static Bytes turn(Bytes octets) {
        byte[] turned = octets.toArray();
        for (int i = 0; i < turned.length; i++) {
            turned[i] ^= (byte) 0xff;
        }
        return Bytes.wrap(turned);
    }

    private Bytes check(Bytes associated, Bytes covered) {
        CRC32 crc = new CRC32();
        crc.update(associated.toArray());
        crc.update(covered.toArray());
        byte[] check = new byte[icvLength];
        for (int i = 0; i < icvLength; i++) {
            check[i] = (byte) (crc.getValue() >>> (i % 4 * 8));
        }
        return Bytes.wrap(check);
    }
}
