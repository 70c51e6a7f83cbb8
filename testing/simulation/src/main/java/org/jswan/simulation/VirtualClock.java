// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.time.Instant;
import org.jswan.time.Clock;

/** Time that passes only when the simulation says so. */
final class VirtualClock implements Clock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private long nanos = 1_000_000_000L;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant wall() {
        return START.plusNanos(nanos);
    }

    void advanceTo(long moment) {
        nanos = Math.max(nanos, moment);
    }

    void advance(Duration by) {
        nanos += by.toNanos();
    }
}
