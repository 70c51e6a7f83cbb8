// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;

/**
 * What the network does to datagrams.
 *
 * @param loss how many of a hundred are lost
 * @param duplication how many of a hundred come twice
 * @param shortest the least delay
 * @param longest the greatest delay: with one above the least, datagrams overtake each other
 */
public record Weather(int loss, int duplication, Duration shortest, Duration longest) {
    /** Everything arrives once, in order, after five milliseconds. */
    public static final Weather FAIR = new Weather(0, 0, Duration.ofMillis(5), Duration.ofMillis(5));

    /** A third is lost, a fifth comes twice, and the order is anybody's guess. */
    public static final Weather FOUL = new Weather(33, 20, Duration.ofMillis(1), Duration.ofMillis(900));
}
