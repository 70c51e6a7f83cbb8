// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jswan.log.LogSink;

/**
 * Reports a fault of our own as the log shows a failed expectation: in one line, with its class and place, the first time
 * that this fault happens at this place. The whole trace is debugging output, each time.
 */
public final class Bugs {
    /** Beyond that many kinds of fault a new one is no news any more. */
    private static final int KINDS = 1000;

    private final LogSink log;
    private final Set<String> seen = new HashSet<>();

    public Bugs(LogSink log) {
        this.log = log;
    }

    /** From any thread. */
    public synchronized void report(Throwable fault) {
        String place = place(fault.getStackTrace());
        if (seen.size() < KINDS && seen.add(fault.getClass().getName() + place)) {
            log.log("EXPECTATION FAILED: " + describe(fault) + " (" + place + ")");
        }
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            log.debug(describe(cause));
            for (StackTraceElement element : cause.getStackTrace()) {
                log.debug("  at " + element);
            }
        }
    }

    private static String describe(Throwable fault) {
        String name = fault.getClass().getSimpleName();
        return fault.getMessage() == null ? name : name + ": " + fault.getMessage();
    }

    /** Ours, if any: that Optional.orElseThrow() threw says nothing. */
    private static String place(StackTraceElement[] trace) {
        return Arrays.stream(trace)
                .filter(element -> element.getClassName().startsWith("org.jswan."))
                .findFirst()
                .or(() -> Arrays.stream(trace).findFirst())
                .map(Bugs::place)
                .orElse("unknown place");
    }

    private static String place(StackTraceElement element) {
        return element.getMethodName() + "() +" + element.getLineNumber() + " " + element.getFileName();
    }
}
