// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.updown.ScriptRunner;

/** Runs a connection's updown command. */
final class Updown {
    /** Characters of a piece of the command in debugging output. */
    private static final int PIECE = 80;

    private final KernelIpsec kernel;
    private final ScriptRunner scripts;
    private final UpdownEnvironment.Host host;
    private final Map<SaSerial, Instant> added = new HashMap<>();

    Updown(KernelIpsec kernel, ScriptRunner scripts, PeerAuthorities authorities) {
        this.kernel = kernel;
        this.scripts = scripts;
        this.host = new UpdownEnvironment.Host(kernel.stackName(), authorities);
    }

    /**
     * Runs {@code verb}, with the suffix that tells the kind of client and the family.
     *
     * @param logger where its output goes, line by line
     * @param done gets whether it ended with 0; called at once where no command is to be run
     */
    void run(Connection connection, String verb, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        Optional<String> command = connection.local().config().client().updown();
        if (command.isEmpty()) {
            logger.debug(() -> List.of("kernel: skipped updown " + verb + " command - disabled per policy"));
            done.accept(true);
            return;
        }
        String fullVerb = verb + suffix(connection);
        logger.debug(() -> List.of(
                "kernel: running updown command \"" + command.get() + "\" for verb " + verb + " ",
                "kernel: command executing " + fullVerb));
        UpdownEnvironment.Variables environment =
                new UpdownEnvironment(connection, host, logger).of(fullVerb, child.map(c -> installed(c, logger)));
        logger.debug(() -> shown(fullVerb, environment.shown(), command.get()));
        scripts.run(command.get(), environment.values(), line -> logger.log(fullVerb + " output: " + line), ending -> {
            if (!ending.isSuccess()) {
                logger.log(RcCode.LOG_SERIOUS, complaint(fullVerb, ending));
            }
            done.accept(ending.isSuccess());
        });
    }

    private static String complaint(String verb, ScriptRunner.Ending ending) {
        return switch (ending.kind()) {
            case EXITED -> verb + " command exited with status " + ending.number();
            case SIGNALLED -> verb + " command exited with signal " + ending.number();
            case NOT_STARTED -> "unable to popen " + verb + " command";
        };
    }

    /** As libreswan, which puts the variables into the command line: that line, and again in pieces. */
    private static List<String> shown(String verb, String environment, String command) {
        String line = "2>&1 PLUTO_VERB='" + verb + "' " + environment + command;
        List<String> lines = new ArrayList<>();
        lines.add("executing " + verb + ": " + line);
        lines.add("popen cmd is " + line.length() + " chars long");
        for (int from = 0; from < line.length(); from += PIECE) {
            String piece = line.substring(from, Math.min(line.length(), from + PIECE));
            lines.add(String.format("cmd(%4d):%s:", from, piece));
        }
        return lines;
    }

    private static String suffix(Connection connection) {
        ConnectionEnd local = connection.local();
        boolean host = local.client().isPresent()
                && local.client().get().subnet().isHost()
                && local.address()
                        .filter(local.client().get().subnet()::contains)
                        .isPresent();
        boolean v6 = connection.config().hostFamily() == AddressFamily.IPV6;
        return (host ? "-host" : "-client") + (v6 ? "-v6" : "");
    }

    /** as libreswan: the time of installation is only known from the second command of an SA on. */
    private UpdownEnvironment.Installed installed(ChildInstall child, Logger logger) {
        Optional<Instant> known = Optional.ofNullable(added.get(child.child()));
        Optional<SaCounters> in = counters(child.main(true), logger);
        Optional<SaCounters> out = counters(child.main(false), logger);
        in.or(() -> out).ifPresent(c -> added.put(child.child(), c.added()));
        return new UpdownEnvironment.Installed(child, known, in.map(SaCounters::bytes), out.map(SaCounters::bytes));
    }

    private Optional<SaCounters> counters(KernelSa sa, Logger logger) {
        try {
            return kernel.counters(sa.id());
        } catch (KernelException e) {
            logger.error(e.getMessage());
            return Optional.empty();
        }
    }

    /** The SA is gone. */
    void forget(SaSerial child) {
        added.remove(child);
    }
}
