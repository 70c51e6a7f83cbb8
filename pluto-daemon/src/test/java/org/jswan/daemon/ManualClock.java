// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.time.Instant;
import org.jswan.time.Clock;

/** A clock that stands until it is told to go on. */
final class ManualClock implements Clock {
    private Instant now = Instant.parse("2026-11-02T02:21:53.123456Z");
    private long nanos = 1_000_000_000L;

    void advance(Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant wall() {
        return now;
    }
}
