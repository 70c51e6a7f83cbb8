// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.log.WhackSession;

/** Ends the SAs of a connection that is not wanted any more. */
@FunctionalInterface
public interface SaEnder {
    /** @param session sees what the SAs say while they end */
    void end(Connection connection, WhackSession session);

    /** Ends those that were left because other connections use them, too. */
    default void release(Connection connection, WhackSession session) {}
}
