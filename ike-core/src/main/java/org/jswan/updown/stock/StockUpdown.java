// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown.stock;

import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jswan.net.RouteEditor;
import org.jswan.updown.ScriptOutput;
import org.jswan.updown.ScriptRunner;

/**
 * Runs scripts, save the default updown where it is the one that we shipped and asked for what we do ourselves: see {@link
 * Job#of}. What is asked for while a script runs waits for it as a script.
 */
public final class StockUpdown implements ScriptRunner {
    /** The command of a connection without {@code leftupdown=}. */
    public static final String COMMAND = "ipsec _updown";

    private final ScriptRunner scripts;
    private final RouteEditor routes;
    private final Setting setting;
    private int running;

    /**
     * What is known of the script.
     *
     * @param isShipped whether what the command runs is what we shipped, and no setting of the administrator's changes it
     * @param name the script's path, as it calls itself in its complaints
     * @param later runs something on the loop soon
     */
    public record Setting(BooleanSupplier isShipped, String name, Consumer<Runnable> later) {}

    /** @param scripts runs all others */
    public StockUpdown(ScriptRunner scripts, RouteEditor routes, Setting setting) {
        this.scripts = scripts;
        this.routes = routes;
        this.setting = setting;
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {
        Optional<Job> job = running == 0 && command.equals(COMMAND) ? Job.of(environment) : Optional.empty();
        if (job.isPresent() && setting.isShipped().getAsBoolean()) {
            running++;
            setting.later().accept(() -> {
                running--;
                perform(job.get(), said, done);
            });
            return;
        }
        running++;
        scripts.run(command, environment, said, ending -> {
            running--;
            done.accept(ending);
        });
    }

    private void perform(Job job, Consumer<String> said, Consumer<Ending> done) {
        ScriptOutput output = new ScriptOutput(said);
        int status;
        try {
            status = new StockRun(job, routes, setting.name(), output::addLine).status();
        } catch (RuntimeException fault) {
            // Whoever waits has to hear of it, too: all that is to come would stand still.
            output.addLine(fault.toString());
            done.accept(Ending.exited(1));
            throw fault;
        }
        done.accept(Ending.exited(status));
    }
}
