// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.List;

/** What an argument vector of auto comes to. */
sealed interface AutoCommand {
    /**
     * Nothing to carry out: help, version, or an error.
     *
     * @param out for standard output
     * @param err for standard error
     * @param status exit status
     */
    record Done(String out, String err, int status) implements AutoCommand {}

    /**
     * Commands to carry out one after the other, whatever becomes of each; the last one's exit status counts.
     *
     * @param showOnly they are only shown
     * @param warning for standard error; may be ""
     */
    record Steps(List<Step> steps, boolean showOnly, String warning) implements AutoCommand {
        public Steps {
            steps = List.copyOf(steps);
        }
    }

    /**
     * A command.
     *
     * @param program {@code whack} or {@code addconn}
     */
    record Step(String program, List<String> arguments) {
        public Step {
            arguments = List.copyOf(arguments);
        }

        /** The command as a shell would take it. */
        String line() {
            return "ipsec " + program + " " + String.join(" ", arguments);
        }
    }
}
