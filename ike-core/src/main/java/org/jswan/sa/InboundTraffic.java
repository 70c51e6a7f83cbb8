// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;

/**
 * When something was last seen to come in by a Child SA. As libreswan: that is when its counter was read and had grown, not
 * when the packets came.
 */
public final class InboundTraffic {
    private long bytes;
    private long nanos;

    /** @param nowNanos by the monotonic clock, as all times here */
    InboundTraffic(long nowNanos) {
        this.nanos = nowNanos;
    }

    /** The counter was read. */
    public void counted(long nowBytes, long nowNanos) {
        if (nowBytes > bytes) {
            bytes = nowBytes;
            nanos = nowNanos;
        }
    }

    /** How long nothing was seen. */
    public Duration idle(long nowNanos) {
        return Duration.ofNanos(nowNanos - nanos);
    }
}
