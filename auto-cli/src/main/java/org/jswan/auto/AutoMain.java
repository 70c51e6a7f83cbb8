// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.ControlRequest;
import org.jswan.helper.Helpers;
import org.jswan.net.NameResolver;
import org.jswan.net.Whereabouts;
import org.jswan.whack.ClientIo;
import org.jswan.whack.ControlClient;
import org.jswan.whack.WhackGrammar;

/**
 * The client of auto and addconn in Java. If the daemon is there, it does the work; if not, what needs none is done here
 * and the rest says that there is none.
 */
public final class AutoMain {
    private static final String RUN_DIRECTORY = "/run/pluto";
    private static final String CONFIG_FILE = "/etc/ipsec.conf";

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final Deque<Runnable> later = new ArrayDeque<>();
    private int status;

    private AutoMain(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Runs one command and exits with its status.
     *
     * @param arguments {@code auto} or {@code addconn}; {@code argv[0]}; and the arguments behind it
     * @param whereabouts asked only where no daemon does the work; empty: {@code %defaultroute} stays unresolved
     */
    public static void run(String[] arguments, Supplier<Optional<Whereabouts>> whereabouts) {
        List<String> all = Arrays.asList(arguments);
        if (all.size() < 2 || !CommandRunner.knows(all.get(0))) {
            System.err.println("usage: AutoMain {auto|addconn} ARGV0 [ARGUMENT]...");
            System.exit(2);
        }
        // The ipsec command knows where the installation has the database; the daemon is told by its own options.
        Optional.ofNullable(System.getenv("IPSEC_NSSDIR"))
                .ifPresent(folder -> System.setProperty("jswan.nssdir", folder));
        System.exit(run(all, whereabouts));
    }

    private static int run(List<String> all, Supplier<Optional<Whereabouts>> whereabouts) {
        List<String> arguments = all.subList(2, all.size());
        String controlSocket = controlSocket(arguments);
        try {
            List<Bytes> octets = all.stream().skip(1).map(Bytes::ofUtf8).toList();
            Bytes directory = Bytes.ofUtf8(Path.of("").toAbsolutePath().toString());
            return ControlClient.run(
                    Path.of(controlSocket), new ControlRequest(all.get(0), directory, octets), ClientIo.standard());
        } catch (ControlClient.NoDaemonException alone) {
            int status = run(all, whereabouts.get(), SystemFiles.own(), controlSocket, System.out, System.err);
            System.out.flush();
            return status;
        }
    }

    /** As libreswan's script: from an option, else below the run-time directory of the environment. */
    private static String controlSocket(List<String> arguments) {
        String path = Optional.ofNullable(System.getenv("IPSEC_RUNDIR")).orElse(RUN_DIRECTORY) + "/pluto.ctl";
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals("--ctlsocket") && i + 1 < arguments.size()) {
                path = arguments.get(++i);
            } else if (arguments.get(i).startsWith("--ctlsocket=")) {
                path = arguments.get(i).substring("--ctlsocket=".length());
            }
        }
        return path;
    }

    /**
     * Runs a command to its end.
     *
     * @return its exit status
     */
    static int run(
            List<String> all,
            Optional<Whereabouts> whereabouts,
            SystemFiles files,
            String controlSocket,
            PrintStream out,
            PrintStream err) {
        AutoMain main = new AutoMain(out, err, files.writesToTerminal());
        NameResolver resolver = AutoMain::lookup;
        Supplier<NetworkNames> names = () -> NetworkNames.of(text("/etc/protocols"), text("/etc/services"));
        CommandWorld world = new CommandWorld(
                files,
                resolver,
                names,
                whereabouts,
                main.helpers(),
                Optional.empty(),
                controlSocket,
                CONFIG_FILE,
                new WhackGrammar(resolver, names));
        new CommandRunner(world).run(all.get(0), all.get(1), all.subList(2, all.size()), main.client());
        while (!main.later.isEmpty()) {
            main.later.poll().run();
        }
        return main.status;
    }

    private static List<IpAddress> lookup(String name) {
        try {
            return Arrays.stream(InetAddress.getAllByName(name))
                    .map(address -> IpAddress.of(Bytes.wrap(address.getAddress())))
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** A file that is not there names nothing. */
    private static String text(String file) {
        try {
            Path path = Path.of(file);
            return Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Jobs are done one by one, after what asked for them. */
    private Helpers helpers() {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                Runnable task = () -> {
                    Outcome<T> outcome;
                    try {
                        outcome = new Outcome<>(job.call(), null);
                    } catch (Exception e) {
                        outcome = new Outcome<>(null, e);
                    }
                    done.accept(outcome);
                };
                later.add(task);
                return () -> later.remove(task);
            }
        };
    }

    private CommandClient client() {
        return new CommandClient() {
            @Override
            public void line(int code, String text) {
                out.printf("%03d %s%n", code, text);
            }

            @Override
            public void out(String text) {
                out.print(text);
            }

            @Override
            public void err(String text) {
                out.flush();
                err.print(text);
            }

            @Override
            public void prompt(int code, String text, Consumer<String> answer) {
                answer.accept(null);
            }

            @Override
            public boolean isAttached() {
                return true;
            }

            @Override
            public boolean isTerminal() {
                return terminal;
            }

            @Override
            public void finish(int exitStatus) {
                status = exitStatus;
            }
        };
    }
}
