// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

/** {@code CLOCK_BOOTTIME}: goes on in suspend, never jumps. */
public final class BootClock {
    private BootClock() {}

    /** Nanoseconds since the machine started. */
    public static long nanos() {
        return Native.bootNanos();
    }
}
