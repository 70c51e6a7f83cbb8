// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Instant;
import java.time.ZoneId;
import org.jswan.nativesocket.BootClock;
import org.jswan.time.Clock;

/** The machine's clocks. */
final class SystemClock implements Clock {
    @Override
    public long nanos() {
        return BootClock.nanos();
    }

    @Override
    public Instant wall() {
        return Instant.now();
    }

    @Override
    public ZoneId zone() {
        return ZoneId.systemDefault();
    }
}
