// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jswan.updown.ScriptRunner;

/**
 * Runs scripts as processes, one at a time. A thread of its own waits for each, so that the loop goes on. What a
 * background process leaves running keeps nobody waiting: the script has ended when its shell has.
 */
public final class ProcessScripts implements ScriptRunner {
    private static final int NOT_STARTED = 127;
    /** How long the output of a shell that has ended may still be on its way, in milliseconds. */
    private static final long LAST_OUTPUT = 200;

    private final Loop loop;
    private final Map<String, String> base;
    private final Queue<Command> waiting = new ArrayDeque<>();
    private boolean running;

    private record Command(String text, Map<String, String> environment, Consumer<Result> done) {}

    /** @param base the environment that every script gets */
    public ProcessScripts(Loop loop, Map<String, String> base) {
        this.loop = loop;
        this.base = Map.copyOf(base);
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<Result> done) {
        loop.assertOwner();
        waiting.add(new Command(command, Map.copyOf(environment), done));
        startNext();
    }

    private void startNext() {
        if (running || waiting.isEmpty()) {
            return;
        }
        running = true;
        Command command = waiting.remove();
        Thread thread = new Thread(() -> finish(command, perform(command)), "script");
        thread.setDaemon(true);
        thread.start();
    }

    private void finish(Command command, Result result) {
        loop.post("script ended", () -> {
            running = false;
            try {
                command.done().accept(result);
            } finally {
                startNext();
            }
        });
    }

    private Result perform(Command command) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command.text());
        builder.redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(base);
        builder.environment().putAll(command.environment());
        Output output = new Output();
        try {
            Process process = builder.start();
            Thread reader = new Thread(() -> output.readFrom(process), "script output");
            reader.setDaemon(true);
            reader.start();
            int status = process.waitFor();
            reader.join(LAST_OUTPUT);
            return new Result(status, output.lines());
        } catch (IOException e) {
            return new Result(NOT_STARTED, List.of(e.getMessage()));
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but the end of the process.
            return new Result(NOT_STARTED, output.lines());
        }
    }

    /** What a script says, line by line. */
    private static final class Output {
        private final List<String> lines = new ArrayList<>();

        void readFrom(Process process) {
            try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
                    BufferedReader buffered = new BufferedReader(in)) {
                for (String line = buffered.readLine(); line != null; line = buffered.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                    }
                }
            } catch (IOException | UncheckedIOException e) {
                synchronized (lines) {
                    lines.add("output lost: " + e.getMessage());
                }
            }
        }

        List<String> lines() {
            synchronized (lines) {
                return List.copyOf(lines);
            }
        }
    }
}
