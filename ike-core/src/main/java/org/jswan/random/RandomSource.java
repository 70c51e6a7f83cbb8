// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.random;

import org.jswan.base.Bytes;

/** Cryptographically strong random octets; in simulations, a seeded sequence. */
public interface RandomSource {
    void fill(byte[] octets);

    default Bytes bytes(int count) {
        byte[] octets = new byte[count];
        fill(octets);
        return Bytes.wrap(octets);
    }

    default long nextLong() {
        return bytes(8).buffer().getLong();
    }

    /** A number from 0 to {@code bound - 1}, each as likely but for a bias below 2<sup>-32</sup>. */
    default int below(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }
}
