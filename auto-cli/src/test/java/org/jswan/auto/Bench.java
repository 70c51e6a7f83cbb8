// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.NameResolver;
import org.jswan.net.Network;
import org.jswan.net.SocketOptions;
import org.jswan.net.Whereabouts;
import org.jswan.whack.WhackGrammar;

/** A machine for commands to run on: files, names, routes, and a daemon that writes down what it is asked. */
final class Bench implements CommandClient {
    final Map<String, String> files = new LinkedHashMap<>();
    final Map<String, IpAddress> hosts = new LinkedHashMap<>();
    final Map<String, Whereabouts.Route> routes = new LinkedHashMap<>();
    final Map<String, IpAddress> otherEnds = new LinkedHashMap<>();
    final List<InterfaceAddress> interfaces = new ArrayList<>();
    final List<WhackRequest> asked = new ArrayList<>();
    final StringBuilder out = new StringBuilder();
    final StringBuilder err = new StringBuilder();
    BiConsumer<WhackRequest, WhackSession> daemon = (request, session) -> session.finish();
    boolean running = true;
    boolean terminal = true;
    Optional<Integer> status = Optional.empty();

    private final Deque<Runnable> later = new ArrayDeque<>();

    /** Runs a command to its end, and returns the exit status. */
    int run(String program, String... arguments) {
        status = Optional.empty();
        new CommandRunner(world()).run(program, program, List.of(arguments), this);
        while (!later.isEmpty()) {
            later.poll().run();
        }
        return status.orElseThrow();
    }

    private CommandWorld world() {
        NameResolver resolver = name -> hosts.containsKey(name) ? List.of(hosts.get(name)) : List.of();
        return new CommandWorld(
                configFiles(),
                resolver,
                NetworkNames::none,
                Optional.of(network()),
                helpers(),
                running ? Optional.of(this::whack) : Optional.empty(),
                "/run/pluto/pluto.ctl",
                "/etc/ipsec.conf",
                new WhackGrammar(resolver, NetworkNames::none));
    }

    private void whack(WhackRequest request, WhackSession session) {
        asked.add(request);
        later.add(() -> daemon.accept(request, session));
    }

    private ConfigFiles configFiles() {
        return new ConfigFiles() {
            @Override
            public Bytes read(String path) throws IOException {
                if (!files.containsKey(path)) {
                    throw new NoSuchFileException(path);
                }
                return Bytes.ofUtf8(files.get(path));
            }

            @Override
            public List<String> glob(String pattern, boolean braces) {
                return files.containsKey(pattern) ? List.of(pattern) : List.of();
            }
        };
    }

    private Network network() {
        return new Network() {
            @Override
            public List<InterfaceAddress> addresses() {
                return interfaces;
            }

            @Override
            public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options) {
                throw new UnsupportedOperationException("nothing is sent here");
            }

            @Override
            public Optional<Route> route(IpAddress destination) {
                return Optional.ofNullable(routes.get(destination.toString()));
            }

            @Override
            public Optional<IpAddress> otherEnd(String interfaceName, AddressFamily family) {
                return Optional.ofNullable(otherEnds.get(interfaceName));
            }
        };
    }

    private Helpers helpers() {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                later.add(() -> {
                    Outcome<T> outcome;
                    try {
                        outcome = new Outcome<>(job.call(), null);
                    } catch (Exception e) {
                        outcome = new Outcome<>(null, e);
                    }
                    done.accept(outcome);
                });
                return () -> {};
            }
        };
    }

    @Override
    public void line(int code, String text) {
        out.append(String.format("%03d %s%n", code, text));
    }

    @Override
    public void out(String text) {
        out.append(text);
    }

    @Override
    public void err(String text) {
        err.append(text);
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
        if (status.isPresent()) {
            throw new IllegalStateException("finished twice");
        }
        status = Optional.of(exitStatus);
    }
}
