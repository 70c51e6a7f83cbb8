// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import org.jswan.control.WhackRequest;
import org.jswan.log.WhackSession;

/** The daemon, for one who asks things of it. */
@FunctionalInterface
public interface Target {
    /** Carries the request out and finishes the session when all is done or need not be waited for. */
    void whack(WhackRequest request, WhackSession session);
}
