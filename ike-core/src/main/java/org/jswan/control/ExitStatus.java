// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import org.jswan.log.RcCode;

/** whack's exit status as the codes of the lines it shows decide it. */
public final class ExitStatus {
    /** A problem that the client itself found. */
    public static final int WHACK_PROBLEM = RcCode.WHACK_PROBLEM.code();

    private static final int LOWEST_ERROR = 20;
    private static final int ABOVE_ERRORS = 100;

    private int status;

    /** The status after a line with {@code code}. */
    public void line(int code) {
        if (!isInformation(code)) {
            status = code >= LOWEST_ERROR && code < ABOVE_ERRORS ? code : 0;
        }
    }

    /** The status if no more lines come. */
    public int value() {
        return status;
    }

    // As libreswan: LOG_SERIOUS is not among them, though its header says so.
    private static boolean isInformation(int code) {
        return code == RcCode.COMMENT.code()
                || code == RcCode.RAW.code()
                || code == RcCode.LOG.code()
                || code == RcCode.INFORMATIONAL.code()
                || code == RcCode.INFORMATIONAL_TRAFFIC.code()
                || code == RcCode.ENTERSECRET.code()
                || code == RcCode.USERPROMPT.code();
    }
}
