// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Duration;
import java.util.Optional;
import org.jswan.base.IpAddress;

/** How gateways sent a connection from one to the other (RFC 5685): it does not follow them in circles for ever. */
public final class Redirected {
    private static final int MOST = 5;
    private static final Duration PERIOD = Duration.ofMinutes(5);

    private Optional<IpAddress> from = Optional.empty();
    private int count;
    private long firstNanos;

    Redirected() {}

    /** The gateway that sent us away last. */
    public Optional<IpAddress> from() {
        return from;
    }

    /** Whether it was not sent on too often in a short time (RFC 5685 §6 leaves the numbers open). Counts as one more. */
    public boolean mayFollow(long nowNanos) {
        if (count >= MOST) {
            if (nowNanos - firstNanos < PERIOD.toNanos()) {
                return false;
            }
            count = 0;
        }
        if (count == 0) {
            firstNanos = nowNanos;
        }
        count++;
        return true;
    }

    /** {@code gateway} sends us away. */
    public void follow(IpAddress gateway) {
        from = Optional.of(gateway);
    }
}
