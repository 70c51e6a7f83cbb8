// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.time;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The two clocks: one that only goes forward, suspend included, and the calendar's. */
public interface Clock {
    /** Nanoseconds since some fixed moment, time in suspend counted ({@code CLOCK_BOOTTIME}). */
    long nanos();

    /** The calendar time, for logs and certificates; it may jump. */
    Instant wall();

    /** Where the calendar time that users see is told. */
    default ZoneId zone() {
        return ZoneOffset.UTC;
    }
}
