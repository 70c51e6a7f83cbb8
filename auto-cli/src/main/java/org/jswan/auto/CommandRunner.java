// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.List;
import java.util.function.IntConsumer;
import org.jswan.whack.WhackParsed;

/**
 * Runs auto and addconn. In the daemon on the loop; the client is finished when all is done, which may be long after
 * {@link #run} has returned.
 */
public final class CommandRunner {
    private static final int NO_DAEMON = 33;
    private static final int REFUSED = 10;

    private final CommandWorld world;

    public CommandRunner(CommandWorld world) {
        this.world = world;
    }

    /** Whether {@code program} is one of those that this runs. */
    public static boolean knows(String program) {
        return program.equals("auto") || program.equals("addconn");
    }

    /**
     * Runs a command.
     *
     * @param program {@code auto} or {@code addconn}
     * @param commandName {@code argv[0]}
     * @param arguments those behind it
     * @throws IllegalArgumentException for another program
     */
    public void run(String program, String commandName, List<String> arguments, CommandClient client) {
        if (!knows(program)) {
            throw new IllegalArgumentException("no grammar for " + program);
        }
        if (program.equals("addconn")) {
            addconn(commandName, arguments, client, client::finish);
            return;
        }
        AutoCommand command = AutoGrammar.parse(arguments, world.controlSocket());
        if (command instanceof AutoCommand.Done done) {
            client.out(done.out());
            client.err(done.err());
            client.finish(done.status());
        } else if (command instanceof AutoCommand.Steps steps) {
            client.err(steps.warning());
            if (steps.showOnly()) {
                steps.steps().forEach(step -> client.out(step.line() + "\n"));
                client.finish(0);
            } else {
                carryOut(steps.steps(), client);
            }
        }
    }

    private void carryOut(List<AutoCommand.Step> steps, CommandClient client) {
        Script script = new Script();
        int[] status = {0};
        for (AutoCommand.Step step : steps) {
            script.thenWait(next -> {
                IntConsumer done = result -> {
                    status[0] = result;
                    next.run();
                };
                if (step.program().equals("addconn")) {
                    addconn("addconn", step.arguments(), client, done);
                } else {
                    whack(step.arguments(), client, done);
                }
            });
        }
        script.then(() -> client.finish(status[0]));
        script.run();
    }

    private void addconn(String commandName, List<String> arguments, CommandClient client, IntConsumer done) {
        try {
            new Addconn(world, client, AddconnOptions.parse(commandName, arguments)).run(done);
        } catch (AddconnOptions.Refused e) {
            client.err(e.getMessage());
            done.accept(REFUSED);
        }
    }

    private void whack(List<String> arguments, CommandClient client, IntConsumer done) {
        WhackParsed parsed = world.grammar().parse("whack", arguments);
        if (parsed instanceof WhackParsed.Done refused) {
            client.out(refused.output());
            client.err(refused.error());
            done.accept(refused.status());
        } else if (parsed instanceof WhackParsed.Request request) {
            client.err(request.warnings());
            if (world.target().isEmpty()) {
                client.err("whack: Pluto is not running (no \"" + world.controlSocket() + "\")\n");
                done.accept(NO_DAEMON);
                return;
            }
            boolean counts =
                    !request.request().ignoreErrors() && !request.request().asynchronous();
            world.target()
                    .get()
                    .whack(request.request(), new WhackStepSession(client, status -> done.accept(counts ? status : 0)));
        }
    }
}
