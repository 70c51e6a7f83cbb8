// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import org.jswan.log.LogSink;
import org.jswan.time.Clock;

/**
 * The daemon's log. A target that takes no lines (disk full, no syslog daemon) stops nothing: the lines are counted and
 * the count is told when it takes lines again.
 */
public final class DaemonLog implements LogSink {
    private static final String DEBUG_PREFIX = "| ";

    private final Clock clock;
    private LogTarget target;
    private boolean debugging;
    private long lost;
    private String lossReason = "";

    DaemonLog(Clock clock, LogTarget target) {
        this.clock = clock;
        this.target = target;
    }

    /** Goes on elsewhere. */
    synchronized void switchTo(LogTarget newTarget) {
        target.close();
        target = newTarget;
    }

    @Override
    public synchronized void showDebug(boolean on) {
        debugging = on;
    }

    @Override
    public synchronized boolean showsDebug() {
        return debugging;
    }

    @Override
    public synchronized void log(String line) {
        write(LogTarget.WARNING, "", line);
    }

    @Override
    public synchronized void debug(String line) {
        if (debugging) {
            write(LogTarget.DEBUG, DEBUG_PREFIX, line);
        }
    }

    /** The file was rotated: a new one is begun. */
    synchronized void reopen() {
        try {
            target.reopen();
        } catch (IOException e) {
            lose(e);
        }
    }

    synchronized void close() {
        target.close();
    }

    private void write(int severity, String prefix, String line) {
        String clean = prefix + printable(line);
        try {
            if (lost > 0) {
                target.write(
                        LogTarget.WARNING, clock.wall(), "log was interrupted: " + lost + " lines lost: " + lossReason);
                lost = 0;
            }
            target.write(severity, clock.wall(), clean);
        } catch (IOException e) {
            lose(e);
        }
    }

    private void lose(IOException why) {
        lost++;
        lossReason = IoReason.of(why);
    }

    /** What peers sent may be in a line; control characters become octal escapes so that one line stays one. */
    private static String printable(String line) {
        char[] chars = line.toCharArray();
        int i = 0;
        while (i < chars.length && !isControl(chars[i])) {
            i++;
        }
        if (i == chars.length) {
            return line;
        }
        StringBuilder clean = new StringBuilder(chars.length + 8).append(chars, 0, i);
        for (; i < chars.length; i++) {
            char c = chars[i];
            if (isControl(c)) {
                clean.append('\\').append((char) ('0' + (c >> 6)));
                clean.append((char) ('0' + (c >> 3 & 7))).append((char) ('0' + (c & 7)));
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
    }

    private static boolean isControl(char c) {
        return c < 0x20 || c == 0x7f;
    }
}
