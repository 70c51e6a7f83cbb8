// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.LabelCheck;
import org.jswan.connection.LoadedConnections;
import org.jswan.connection.Orientation;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.kernel.SecurityModule;
import org.jswan.log.LogSink;
import org.jswan.log.Logger;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Transport;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;

/** A machine with a few addresses whose kernel, scripts and log write down what happens, in one list. */
public final class World implements KernelIpsec, ScriptRunner, LogSink, Orientation.Sockets {
    public final List<String> events = new ArrayList<>();
    public final List<String> log = new ArrayList<>();
    public final List<String> debug = new ArrayList<>();
    public final List<IkeSocket> sockets = new ArrayList<>();
    public final Deque<Runnable> scriptEnds = new ArrayDeque<>();
    public final Logger logger = new Logger(this, "");
    public final ConnectionDatabase connections = new ConnectionDatabase(logger);
    public final Orientation orientation = new Orientation(connections, this);
    public final Routing routing = new Routing(connections, this, this, connection -> Optional.empty());
    private long nanos;
    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Instant wall() {
            return Instant.EPOCH.plusNanos(nanos);
        }
    };
    private final TimerQueue timers = new TimerQueue(clock);
    public final NegotiationShunts shunts =
            new NegotiationShunts(routing, clock, timers, NegotiationShunts.Setting.DEFAULT, logger);
    private final Set<String> present = new HashSet<>();
    public boolean mayBegin = true;
    public Predicate<String> scriptFails = verb -> false;
    public Ending failure = Ending.exited(7);
    public Predicate<String> kernelRefuses = what -> false;
    public Map<String, String> lastEnvironment = Map.of();

    public World(String... addresses) {
        for (String address : addresses) {
            InterfaceAddress on = new InterfaceAddress("eth0", IpAddress.of(address));
            sockets.add(new Socket(on, new Endpoint(on.address(), 500)));
            sockets.add(new Socket(on, new Endpoint(on.address(), 4500)));
        }
    }

    public record Socket(InterfaceAddress interfaceAddress, Endpoint local) implements IkeSocket {
        @Override
        public boolean encapsulates() {
            return local.port() != 500;
        }

        @Override
        public void send(Endpoint remote, Bytes message) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void sendKeepalive(Endpoint remote) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public void close() {}
    }

    /** Adds and orients. */
    public Connection add(ConnectionRequest request) {
        Connection connection = LoadedConnections.add(connections, request, name(), logger);
        orientation.orient(connection, connection.logger());
        return connection;
    }

    /** What packets bring about; {@code begun} gets what would be negotiated. */
    public OnDemand onDemand(Consumer<Connection> begun) {
        return new OnDemand(
                routing,
                new Instances(connections, routing),
                shunts,
                new LabelCheck(SecurityModule.NONE),
                (connection, label, watching) -> {
                    begun.accept(connection);
                    return mayBegin;
                },
                () -> false);
    }

    /** Time passes for {@link #shunts}. */
    public void pass(Duration time) {
        nanos += time.toNanos();
        timers.runDue();
    }

    /** Lets the running script and all that follow end. */
    public void runScripts() {
        while (!scriptEnds.isEmpty()) {
            scriptEnds.remove().run();
        }
    }

    public List<String> takeEvents() {
        List<String> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {
        String verb = environment.get("PLUTO_VERB");
        events.add(verb);
        lastEnvironment = environment;
        boolean fails = scriptFails.test(verb);
        scriptEnds.add(() -> {
            if (fails) {
                said.accept("no way");
            }
            done.accept(fails ? failure : Ending.exited(0));
        });
    }

    @Override
    public void log(String line) {
        log.add(line);
    }

    @Override
    public void debug(String line) {
        debug.add(line);
    }

    @Override
    public Collection<IkeSocket> all() {
        return sockets;
    }

    @Override
    public Optional<IkeSocket> open(IpAddress address, int port, Transport transport, Logger to) {
        Optional<InterfaceAddress> on = sockets.stream()
                .map(IkeSocket::interfaceAddress)
                .filter(i -> i.address().equals(address))
                .findFirst();
        on.ifPresent(i -> sockets.add(new Socket(i, new Endpoint(address, port))));
        return on.map(i -> sockets.get(sockets.size() - 1));
    }

    @Override
    public String name() {
        return "xfrm";
    }

    @Override
    public KernelAbilities abilities() {
        return KernelAbilities.ALL;
    }

    @Override
    public Optional<String> unexpectedRemoval() {
        return Optional.of("XFRM_MSG_DELPOLICY");
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId) {
        throw new AssertionError("not asked for here");
    }

    private void note(String what) throws KernelException {
        if (kernelRefuses.test(what)) {
            throw new KernelException("EINVAL", "kernel: " + what + " refused");
        }
        events.add(what);
    }

    @Override
    public void addSa(KernelSa sa) throws KernelException {
        note("add sa " + Integer.toHexString(sa.id().spi()));
    }

    @Override
    public void migrate(KernelMigration migration) {
        throw new AssertionError("not asked for here");
    }

    @Override
    public void deleteSa(SaId id) throws KernelException {
        note("delete sa " + Integer.toHexString(id.spi()));
    }

    @Override
    public void putPolicy(KernelPolicy policy) throws KernelException {
        String templates = policy.templates().stream()
                .map(t -> " " + t.protocol() + "/" + t.mode() + "/" + t.requestId() + "/" + t.source() + ">"
                        + t.destination())
                .reduce("", String::concat);
        present.add(named(policy));
        note("put " + named(policy) + " " + policy.action() + templates + " " + policy.priority());
    }

    @Override
    public void deletePolicy(KernelPolicy policy) throws KernelException {
        note("delete " + named(policy));
        if (!present.remove(named(policy))) {
            throw new KernelException("ENOENT", "kernel: " + named(policy) + " is not there");
        }
    }

    private static String named(KernelPolicy policy) {
        return policy.direction() + " " + policy.source() + ">" + policy.destination();
    }

    @Override
    public Optional<SaCounters> counters(SaId id) {
        return Optional.empty();
    }

    @Override
    public void flush() {}

    /** A whack that remembers what it is shown. */
    public static final class Whack implements WhackSession {
        final List<String> lines = new ArrayList<>();
        boolean finished;

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
            throw new AssertionError("no questions here");
        }

        @Override
        public boolean isAttached() {
            return true;
        }

        @Override
        public void finish() {
            finished = true;
        }
    }
}
