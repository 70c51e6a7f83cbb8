// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs shell commands, one at a time, in the order they were asked for. */
public interface ScriptRunner {
    /**
     * Runs {@code sh -c command} with {@code environment} added to a clean one; {@code done} is called on the loop,
     * never from within this call.
     */
    void run(String command, Map<String, String> environment, Consumer<Result> done);

    /**
     * How a command ended.
     *
     * @param exitStatus 0 to 255; 128 and above also for a command that a signal ended (128 + signal) or that could not
     *     be started (127)
     * @param output its standard output and standard error, line by line in the order they came
     */
    record Result(int exitStatus, List<String> output) {}
}
