// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.log.Logger;
import org.jswan.log.WhackSession;

/** Who asks for something to be done: a logger that speaks to the log and to the session, and the session. */
public record Asker(Logger logger, WhackSession session) {}
