// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown;

import java.util.Map;
import java.util.function.Consumer;

/** Runs shell commands, one at a time, in the order they were asked for. */
public interface ScriptRunner {
    /**
     * Runs {@code sh -c command} with {@code environment} added to a clean one. Both are told on the loop, and never from
     * within this call.
     *
     * @param said gets the lines of its standard output and standard error as they come, see {@link ScriptOutput}
     * @param done after all that
     */
    void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done);

    /** How a command ended. */
    enum Kind {
        EXITED,
        SIGNALLED,
        NOT_STARTED
    }

    /**
     * How a command ended.
     *
     * @param number the exit status, 0 to 255, or the signal that ended the shell; 0 if it was not started
     */
    record Ending(Kind kind, int number) {
        public static final Ending NOT_STARTED = new Ending(Kind.NOT_STARTED, 0);

        public static Ending exited(int status) {
            return new Ending(Kind.EXITED, status);
        }

        public static Ending signalled(int signal) {
            return new Ending(Kind.SIGNALLED, signal);
        }

        public boolean isSuccess() {
            return kind == Kind.EXITED && number == 0;
        }
    }
}
