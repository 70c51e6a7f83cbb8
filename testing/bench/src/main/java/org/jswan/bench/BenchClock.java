// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.time.Instant;
import org.jswan.time.Clock;

/** A clock that only the benchmark moves: on a busy machine nothing is sent again. */
final class BenchClock implements Clock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final long STEP_NANOS = 1_000_000;

    private long nanos = 1_000_000_000;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant wall() {
        return START.plusNanos(nanos);
    }

    void advance() {
        nanos += STEP_NANOS;
    }
}
