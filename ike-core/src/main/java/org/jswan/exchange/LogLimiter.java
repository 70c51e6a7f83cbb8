// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.base.Endpoint;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Keeps strangers' packets from filling the log: after a thousand lines about them it says so once and is silent. */
final class LogLimiter {
    private static final int LIMIT = 1000;

    private final Logger logger;
    private int said;

    LogLimiter(Logger logger) {
        this.logger = logger;
    }

    /** @param sender whose packet it is about */
    void log(Endpoint sender, String text) {
        if (said < LIMIT) {
            said++;
            logger.log(RcCode.LOG, prefix(sender) + text);
            if (said == LIMIT) {
                logger.log(RcCode.LOG, "message digest rate limited log reached limit of " + LIMIT + " entries");
            }
        } else {
            logger.debug(prefix(sender) + text);
        }
    }

    /** What stands before lines about a packet that belongs to no SA. */
    static String prefix(Endpoint sender) {
        return "packet from " + sender + ": ";
    }
}
