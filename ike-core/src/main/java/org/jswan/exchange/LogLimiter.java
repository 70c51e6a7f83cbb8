// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import org.jswan.base.Endpoint;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.time.Clock;

/** Keeps strangers' packets from filling the log: after a thousand lines about them in an hour it says so and is silent. */
final class LogLimiter {
    private static final int LIMIT = 1000;
    private static final long PERIOD_NANOS = Duration.ofHours(1).toNanos();

    private final Logger logger;
    private final Clock clock;
    private long periodBegan;
    private int said;

    LogLimiter(Logger logger, Clock clock) {
        this.logger = logger;
        this.clock = clock;
        this.periodBegan = clock.nanos();
    }

    /** @param sender whose packet it is about, which came in by {@code socket} */
    void log(IkeSocket socket, Endpoint sender, String text) {
        if (clock.nanos() - periodBegan >= PERIOD_NANOS) {
            periodBegan = clock.nanos();
            said = 0;
        }
        if (said < LIMIT) {
            said++;
            logger.log(RcCode.LOG, Incoming.prefix(socket, sender) + text);
            if (said == LIMIT) {
                logger.log(RcCode.LOG, "message digest rate limited log reached limit of " + LIMIT + " entries");
            }
        } else {
            logger.debug(Incoming.prefix(socket, sender) + text);
        }
    }
}
