// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import org.jswan.base.Endpoint;
import org.jswan.log.LogSink;
import org.jswan.net.IkeSocket;
import org.jswan.time.Clock;

/**
 * The log for what strangers send, so that they cannot fill it: after a thousand lines in an hour it says so, and the others are
 * debugging output.
 */
public final class LogLimiter implements LogSink {
    private static final int LIMIT = 1000;
    private static final long PERIOD_NANOS = Duration.ofHours(1).toNanos();

    private final LogSink log;
    private final Clock clock;
    private long periodBegan;
    private int said;

    public LogLimiter(LogSink log, Clock clock) {
        this.log = log;
        this.clock = clock;
        this.periodBegan = clock.nanos();
    }

    /** @param sender whose packet it is about, which came in by {@code socket} */
    void log(IkeSocket socket, Endpoint sender, String text) {
        log(Incoming.prefix(socket, sender) + text);
    }

    @Override
    public void log(String line) {
        if (clock.nanos() - periodBegan >= PERIOD_NANOS) {
            periodBegan = clock.nanos();
            said = 0;
        }
        if (said < LIMIT) {
            said++;
            log.log(line);
            if (said == LIMIT) {
                log.log("message digest rate limited log reached limit of " + LIMIT + " entries");
            }
        } else {
            log.debug(line);
        }
    }

    @Override
    public void debug(String line) {
        log.debug(line);
    }

    @Override
    public boolean showsDebug() {
        return log.showsDebug();
    }
}
