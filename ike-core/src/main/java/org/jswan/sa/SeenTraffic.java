// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;

/**
 * When something was last seen to go one way by a Child SA. As libreswan: that is when its counter was read and had grown,
 * not when the packets went.
 */
public final class SeenTraffic {
    private long bytes;
    private long nanos;

    /** @param nowNanos by the monotonic clock, as all times here */
    SeenTraffic(long nowNanos) {
        this.nanos = nowNanos;
    }

    /** The counter was read. */
    public void counted(long nowBytes, long nowNanos) {
        if (nowBytes > bytes) {
            bytes = nowBytes;
            nanos = nowNanos;
        }
    }

    /** Whether anything ever was. */
    public boolean any() {
        return bytes > 0;
    }

    /** How long nothing was seen. */
    public Duration idle(long nowNanos) {
        return Duration.ofNanos(nowNanos - nanos);
    }
}
