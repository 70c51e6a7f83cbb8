// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.time.Instant;

/** One place that the log goes to. */
interface LogTarget {
    /** syslog(3)'s severity of a line of the log, as libreswan gives it. */
    int WARNING = 4;

    int DEBUG = 7;

    /** Where there is no place for a log. */
    LogTarget NOWHERE = new LogTarget() {
        @Override
        public void write(int severity, Instant now, String line) {}

        @Override
        public void reopen() {}

        @Override
        public void close() {}
    };

    /**
     * Writes one line; its control characters are gone already.
     *
     * @throws IOException if the line is lost; the next may get through
     */
    void write(int severity, Instant now, String line) throws IOException;

    /** Lets go of the file, which somebody has moved away, and goes on in a new one of the same name. */
    void reopen() throws IOException;

    void close();
}
