// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import org.jswan.random.RandomSource;

/**
 * Who asks: answers are told to all, and known by these two.
 *
 * @param pid our own process, which in another PID namespace may be another's, too
 * @param beforeFirst the number of the request before the first one, unsigned
 */
public record Asker(int pid, int beforeFirst) {
    /** Linux numbers acquires from 1 on, and takes a request for an SPI with such a number for an answer to it. */
    static final int BEYOND_ACQUIRES = 0x40000000;

    /** Begins somewhere else each time, and far from where numbers begin anew. */
    public static Asker of(long pid, RandomSource random) {
        return new Asker((int) pid, BEYOND_ACQUIRES + random.below(Integer.MAX_VALUE));
    }
}
