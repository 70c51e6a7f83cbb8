// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown.stock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jswan.helper.Helpers;
import org.jswan.net.RouteEditor;
import org.jswan.updown.ScriptOutput;
import org.jswan.updown.ScriptRunner;

/**
 * Runs scripts, save the default updown where it is the one that we shipped and asked for what we do ourselves: see {@link
 * Job#of}. What is asked for while a script runs waits for it as a script, and all waits for what a helper does.
 */
public final class StockUpdown implements ScriptRunner {
    /** The command of a connection without {@code leftupdown=}. */
    public static final String COMMAND = "ipsec _updown";

    private final ScriptRunner scripts;
    private final RouteEditor routes;
    private final Setting setting;
    private final Queue<Command> waiting = new ArrayDeque<>();
    private int scriptsRunning;
    private boolean isHelped;

    private record Command(
            String text, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {}

    /**
     * What is known of the script.
     *
     * @param isShipped whether what the command runs is what we shipped, and no setting of the administrator's changes it
     * @param name the script's path, as it calls itself in its complaints
     * @param helpers do the work, which may take as long as the machine's routes are many
     */
    public record Setting(BooleanSupplier isShipped, String name, Helpers helpers) {}

    /**
     * @param scripts runs all others
     * @param routes is used by one helper at a time
     */
    public StockUpdown(ScriptRunner scripts, RouteEditor routes, Setting setting) {
        this.scripts = scripts;
        this.routes = routes;
        this.setting = setting;
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {
        waiting.add(new Command(command, environment, said, done));
        startNext();
    }

    private void startNext() {
        while (!isHelped && !waiting.isEmpty()) {
            start(waiting.remove());
        }
    }

    private void start(Command command) {
        Optional<Job> job = scriptsRunning == 0 && command.text().equals(COMMAND)
                ? Job.of(command.environment())
                : Optional.empty();
        if (job.isPresent() && setting.isShipped().getAsBoolean()) {
            isHelped = true;
            setting.helpers().submit(() -> perform(job.get()), outcome -> {
                isHelped = false;
                try {
                    end(outcome, command.said(), command.done());
                } finally {
                    startNext();
                }
            });
            return;
        }
        scriptsRunning++;
        scripts.run(command.text(), command.environment(), command.said(), ending -> {
            scriptsRunning--;
            command.done().accept(ending);
        });
    }

    /** What a run said, and how it ended. */
    private record Run(List<String> said, int status) {}

    private Run perform(Job job) {
        List<String> said = new ArrayList<>();
        int status = new StockRun(job, routes, setting.name(), said::add).status();
        return new Run(said, status);
    }

    private static void end(Helpers.Outcome<Run> outcome, Consumer<String> said, Consumer<Ending> done) {
        // Whoever waits has to hear of a fault of ours, too: all that is to come would stand still.
        Run failed = new Run(List.of(String.valueOf(outcome.failure())), 1);
        outcome.settle(failed, run -> {
            ScriptOutput output = new ScriptOutput(said);
            run.said().forEach(output::addLine);
            done.accept(Ending.exited(run.status()));
        });
    }
}
