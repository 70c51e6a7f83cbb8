// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.config.ConfigFiles;
import org.jswan.config.value.NetworkNames;
import org.jswan.connection.PolicyFiles;
import org.jswan.control.WhackRequest;
import org.jswan.helper.Helpers;
import org.jswan.identity.SecretStore;
import org.jswan.impair.Impairments;
import org.jswan.log.LogSink;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.pluto.Pluto;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;
import org.jswan.world.World;

/** One machine of a simulation: a daemon, a kernel, a log. */
public final class SimHost {
    private final String name;
    private final SimWorld world;
    private List<IpAddress> addresses;
    private Optional<IpAddress> gateway = Optional.empty();
    private final SeededRandom random;
    private final SimKernel kernel;
    private final SimKeys keys = new SimKeys();
    private final SimWeb web;
    private final SimDns dns = new SimDns();
    private final SimLogins logins;
    private final World ports;
    private final Pluto pluto;
    private final Map<String, List<IpAddress>> names = new HashMap<>();
    private static final String UNREADABLE = "\0";

    private final Map<String, String> groups = new HashMap<>();
    private final List<String> log = new ArrayList<>();
    private final List<String> scripts = new ArrayList<>();
    private final List<Map<String, String>> environments = new ArrayList<>();
    private Optional<Boolean> shutDown = Optional.empty();
    private final SimSecurity security = new SimSecurity();
    private boolean helpersFail;
    private String interfaceName = "eth0";

    SimHost(String name, SimWorld world, List<IpAddress> addresses, SecretStore secrets, PlutoOptions options) {
        this.name = name;
        this.world = world;
        this.addresses = List.copyOf(addresses);
        this.random = new SeededRandom(world.nextSeed());
        this.kernel = new SimKernel(world.clock(), world.timers(), random);
        this.web = new SimWeb(world.timers());
        this.logins = new SimLogins(world.timers());
        this.ports = new World(
                world.clock(),
                world.timers(),
                random,
                world.network().of(this),
                kernel,
                security,
                helpers(),
                runner(),
                asked -> names.getOrDefault(asked, List.of()),
                dns,
                keys,
                web,
                logins,
                sink(),
                new Impairments());
        this.pluto = new Pluto(options, ports, logger -> secrets, policyFiles(), left -> shutDown = Optional.of(left));
        kernel.tell(pluto);
    }

    /** Who decides about labels. */
    public SimSecurity security() {
        return security;
    }

    /** The interface that has all addresses. */
    public String interfaceName() {
        return interfaceName;
    }

    /** Another interface has all addresses from now on. */
    public void setInterfaceName(String to) {
        interfaceName = to;
    }

    /** What the file of a policy group says from now on. */
    public void setGroup(String group, String text) {
        groups.put("/etc/ipsec.d/policies/" + group, text);
    }

    /** The file of a policy group is there, but cannot be read from now on. */
    public void breakGroup(String group) {
        groups.put("/etc/ipsec.d/policies/" + group, UNREADABLE);
    }

    private PolicyFiles policyFiles() {
        ConfigFiles files = new ConfigFiles() {
            @Override
            public Bytes read(String path) throws IOException {
                if (!groups.containsKey(path)) {
                    throw new NoSuchFileException(path);
                }
                if (groups.get(path).equals(UNREADABLE)) {
                    throw new AccessDeniedException(path);
                }
                return Bytes.ofUtf8(groups.get(path));
            }

            @Override
            public List<String> glob(String pattern, boolean braces) {
                throw new AssertionError("groups are read by name");
            }
        };
        return new PolicyFiles("/etc/ipsec.d/policies", files, NetworkNames::none);
    }

    private LogSink sink() {
        return new LogSink() {
            @Override
            public void log(String line) {
                log.add(line);
                world.trace(name + ": " + line);
            }

            @Override
            public void debug(String line) {
                world.trace(name + "| " + line);
            }
        };
    }

    /** Jobs are done at once, but their results come in an order that the seed decides. */
    private Helpers helpers() {
        return new Helpers() {
            @Override
            public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
                TimerQueue.Timer timer = world.timers().after(world.helperDelay(), "helper", () -> {
                    Outcome<T> outcome;
                    try {
                        if (helpersFail) {
                            throw new IllegalStateException("a helper's fault");
                        }
                        outcome = new Outcome<>(job.call(), null);
                    } catch (Exception failure) {
                        outcome = new Outcome<>(null, failure);
                    }
                    done.accept(outcome);
                });
                return timer::cancel;
            }
        };
    }

    /** Whether helpers end in a fault of ours, whatever they are to do. */
    public void setHelpersFail(boolean now) {
        helpersFail = now;
    }

    private ScriptRunner runner() {
        return (command, environment, said, done) -> {
            environments.add(Map.copyOf(environment));
            scripts.add(environment.get("PLUTO_VERB") + " " + environment.get("PLUTO_CONNECTION"));
            world.timers().after(world.helperDelay(), "updown", () -> done.accept(ScriptRunner.Ending.exited(0)));
        };
    }

    void datagram(IkeSocket socket, Endpoint from, Bytes octets) {
        pluto.datagram(socket, from, octets);
    }

    void streamBroken(IkeStream stream) {
        pluto.streamBroken(stream);
    }

    List<IpAddress> addresses() {
        return addresses;
    }

    Optional<IpAddress> gateway() {
        return gateway;
    }

    /** By whom packets go that are not for neighbours, from now on. */
    public void setGateway(IpAddress now) {
        gateway = Optional.of(now);
    }

    /** Its addresses are those from now on; the daemon is told what came and what went, as by rtnetlink. */
    public void renumber(IpAddress... now) {
        List<IpAddress> before = addresses;
        addresses = List.of(now);
        before.stream().filter(a -> !addresses.contains(a)).forEach(pluto.networkEvents()::addressRemoved);
        addresses.stream().filter(a -> !before.contains(a)).forEach(pluto.networkEvents()::addressAdded);
    }

    /** From now on its randomness is that of the seed, whatever it needed until now. */
    void reseed(long seed) {
        random.reseed(seed);
    }

    public Pluto pluto() {
        return pluto;
    }

    /** The world as the daemon has it. */
    World ports() {
        return ports;
    }

    /** Its IKE SAs, the oldest first. */
    public List<IkeSa> ikeSas() {
        List<IkeSa> found = new ArrayList<>();
        for (Sa sa : pluto.sas()) {
            if (sa instanceof IkeSa ike) {
                found.add(ike);
            }
        }
        return found;
    }

    /** The addresses of names that its resolver knows; a test adds some. */
    public Map<String, List<IpAddress>> names() {
        return names;
    }

    /** What the DNS tells it. */
    public SimDns dns() {
        return dns;
    }

    /** Its private keys. */
    public SimKeys keys() {
        return keys;
    }

    /** What it can fetch. */
    public SimWeb web() {
        return web;
    }

    /** Who may log in. */
    public SimLogins logins() {
        return logins;
    }

    public SimKernel kernel() {
        return kernel;
    }

    /** All lines logged so far. */
    public List<String> log() {
        return log;
    }

    /** The updown scripts run so far: verb and connection. */
    public List<String> scripts() {
        return scripts;
    }

    /** What each of the updown scripts was told. */
    public List<Map<String, String>> environments() {
        return environments;
    }

    /** Whether the daemon has ended. */
    public boolean isShutDown() {
        return shutDown.isPresent();
    }

    /** A user's request; what it shows is collected. */
    public SimSession whack(WhackRequest request) {
        return whack(request, Map.of());
    }

    /** As {@link #whack(WhackRequest)}, by a user who gives those answers to prompts, by their codes. */
    public SimSession whack(WhackRequest request, Map<Integer, String> answers) {
        SimSession session = new SimSession(answers);
        pluto.whack(request, session);
        return session;
    }

    /** What a user sees. */
    public static final class SimSession implements WhackSession {
        private final List<String> lines = new ArrayList<>();
        private final Map<Integer, String> answers;
        private boolean finished;

        /** @param answers of the user by the codes of prompts; to others there is none */
        SimSession(Map<Integer, String> answers) {
            this.answers = Map.copyOf(answers);
        }

        @Override
        public void line(int code, String text) {
            lines.add(String.format("%03d %s", code, text));
        }

        @Override
        public void raw(String text) {
            lines.add(text);
        }

        @Override
        public void prompt(int code, String text, Consumer<String> answer) {
            line(code, text);
            answer.accept(answers.get(code));
        }

        @Override
        public boolean isAttached() {
            return !finished;
        }

        @Override
        public void finish() {
            finished = true;
        }

        public List<String> lines() {
            return lines;
        }

        public boolean isFinished() {
            return finished;
        }

        /** The lines, a function applied to each. */
        public List<String> lines(Function<String, String> mask) {
            return lines.stream().map(mask).toList();
        }
    }
}
