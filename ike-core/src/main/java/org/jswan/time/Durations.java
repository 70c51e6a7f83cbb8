// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.time;

import java.math.BigDecimal;
import java.time.Duration;

/** Durations as log lines show them. */
public final class Durations {
    private Durations() {}

    /** Seconds with as many decimals as it takes, six at most: {@code 0.5}, {@code 16}, {@code 0.041327}. */
    public static String seconds(Duration duration) {
        BigDecimal seconds = BigDecimal.valueOf(duration.toNanos() / 1000, 6).stripTrailingZeros();
        return seconds.signum() == 0 ? "0" : seconds.toPlainString();
    }
}
