// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.Random;
import org.jswan.random.RandomSource;

/** Random octets that the seed decides. */
final class SeededRandom implements RandomSource {
    private final Random random;

    SeededRandom(long seed) {
        random = new Random(seed);
    }

    /** From now on as if made with that seed. */
    void reseed(long seed) {
        random.setSeed(seed);
    }

    @Override
    public void fill(byte[] octets) {
        random.nextBytes(octets);
    }
}
