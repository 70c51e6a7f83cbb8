// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import org.jswan.log.RcCode;

/**
 * A line to log about a proposal.
 *
 * @param code what whack shows before it
 */
public record LogLine(RcCode code, String text) {
    static LogLine plain(String text) {
        return new LogLine(RcCode.LOG, text);
    }

    static LogLine serious(String text) {
        return new LogLine(RcCode.LOG_SERIOUS, text);
    }
}
