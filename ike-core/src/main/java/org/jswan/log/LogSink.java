// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.log;

/** Where the daemon's log goes. It adds the time where the log has one. */
public interface LogSink {
    void log(String line);

    /** One line of debugging output; the sink shows it with {@code "| "} before it. */
    void debug(String line);

    /** Whether {@link #debug} shows anything, so that it is worth putting together. */
    default boolean showsDebug() {
        return true;
    }

    /** Whether debugging output is shown from now on. A sink that always or never shows it need not listen. */
    default void showDebug(boolean on) {}
}
