// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Endpoint;
import org.jswan.base.IpProtocol;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.PolicyText;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.updown.ScriptRunner;

/**
 * What the kernel has for each connection: policies, routes, SAs. Everything that changes them is an operation, and
 * operations run one after the other: while updown runs for one, the others wait. {@link RoutingTable} says which event
 * does what in which state.
 */
public final class Routing {
    private final KernelIpsec kernel;
    private final Updown updown;
    private final VirtualInterfaces interfaces;
    private final ConnectionDatabase connections;
    private final RouteOwners owners = new RouteOwners();
    private final Map<SaSerial, Installed> installed = new HashMap<>();
    private final Turns turns = new Turns();

    /**
     * A Child SA in the kernel, and whose it is.
     *
     * @param whole whether its outbound half is there, too
     */
    record Installed(Connection connection, ChildInstall child, boolean whole) {}

    public Routing(ConnectionDatabase connections, KernelIpsec kernel, ScriptRunner scripts) {
        this.connections = connections;
        this.kernel = kernel;
        this.updown = new Updown(kernel, scripts);
        this.interfaces = new VirtualInterfaces(kernel.interfaces());
        connections.watch(interfaces);
    }

    /**
     * Runs {@code operation} when no other runs, perhaps at once. It must call what it is given when it is done, once;
     * if it throws, it is over. Whatever changes connections, routes, policies or SAs belongs in one.
     */
    public void exclusively(Consumer<Runnable> operation) {
        turns.take(operation);
    }

    /**
     * For an operation that is made of others: those that {@code asking} asks for run right after it, in their order and
     * before all that wait already.
     */
    public void next(Runnable asking) {
        turns.next(asking);
    }

    /** A Child SA in the kernel; for an operation of another class. */
    Optional<Installed> installed(SaSerial child) {
        return Optional.ofNullable(installed.get(child));
    }

    /** What the kernel has of a Child SA changed. */
    void setInstalled(SaSerial child, Installed now) {
        installed.put(child, now);
    }

    /** The interfaces of {@code ipsec-interface=}. */
    public VirtualInterfaces interfaces() {
        return interfaces;
    }

    /** Whether nothing waits for updown. */
    public boolean isIdle() {
        return turns.isIdle();
    }

    /**
     * Installs what packets without an SA meet (a trap, for most connections) and the route.
     *
     * @param done gets whether the connection is routed now; the reason if not is logged to the connection
     */
    public void trap(Connection connection, Consumer<Boolean> done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, done);
            if (connection.kind() == ConnectionKind.GROUP) {
                // Its members are routed, not the group.
                end.accept(true);
            } else if (!mayRoute(connection, connection.logger())) {
                end.accept(false);
            } else if (RoutingTable.step(RoutingEvent.TRAP, connection.routing()) == RoutingTable.Step.NOTHING) {
                end.accept(true);
            } else {
                installTrap(connection, end);
            }
        });
    }

    /**
     * Takes the route and what packets without an SA meet away.
     *
     * @param done gets whether they are gone; not so while a Child SA uses them
     */
    public void untrap(Connection connection, Consumer<Boolean> done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, done);
            switch (RoutingTable.step(RoutingEvent.UNTRAP, connection.routing())) {
                case REFUSED -> end.accept(false);
                case NOTHING -> end.accept(true);
                default -> removeTrap(connection, end);
            }
        });
    }

    /**
     * Installs a Child SA with its policies and, unless there is one for a predecessor, the route. On failure all is as
     * before, and why is logged to the child.
     *
     * @param done gets whether the SA carries traffic now
     */
    public void establish(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, done);
            boolean whole = isFirst(connection) || !child.outboundLater();
            if (!install(connection, child, whole)) {
                end.accept(false);
            } else if (whole) {
                carry(connection, child, end);
            } else {
                end.accept(true);
            }
        });
    }

    /**
     * Installs a Child SA that the peer has yet to confirm: what comes by it is taken, but nothing leaves by it until
     * {@link #confirm}. On failure all is as before, and why is logged to the child.
     *
     * @param done gets whether that was done
     */
    public void prepare(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        exclusively(release -> {
            boolean ok = install(connection, child, /* whole= */ true);
            if (ok && connection.routeOwner().isEmpty()) {
                putInbound(connection, child);
            }
            ending(release, done).accept(ok);
        });
    }

    /**
     * The peer confirmed a Child SA that was prepared: it gets its policies and, unless a predecessor has it, the route.
     *
     * @param done gets whether the SA carries traffic now; not so if it was not installed
     */
    public void confirm(SaSerial child, Consumer<Boolean> done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, done);
            Installed prepared = installed.get(child);
            if (prepared == null) {
                end.accept(false);
            } else {
                carry(prepared.connection(), prepared.child(), end);
            }
        });
    }

    private static boolean isFirst(Connection connection) {
        return RoutingTable.step(RoutingEvent.ESTABLISH, connection.routing()) == RoutingTable.Step.INSTALL_TUNNEL;
    }

    /** The SAs of a Child SA, or only those from the peer. */
    private boolean install(Connection connection, ChildInstall child, boolean whole) {
        if (!mayRoute(connection, child.logger()) || !interfaces.ready(connection, child.logger())) {
            return false;
        }
        if (!addSas(child, whole ? bothHalves(child) : child.inbound())) {
            child.logger().log("setup_half_ipsec_sa() hit fail:");
            return false;
        }
        installed.put(child.child(), new Installed(connection, child, whole));
        return true;
    }

    private void putInbound(Connection connection, ChildInstall child) {
        if (!putAll(new PolicyBuilder(connection).inbound(child), child.logger())) {
            child.logger().log("raw_policy() in setup_half_ipsec_sa() failed to add inbound");
        }
    }

    /** The policies and the route of a Child SA that is installed. */
    private void carry(Connection connection, ChildInstall child, Consumer<Boolean> end) {
        boolean first = isFirst(connection);
        if (first) {
            putInbound(connection, child);
        }
        if (!put(new PolicyBuilder(connection).outbound(child), child.logger())) {
            withdraw(connection, child, first, end);
        } else if (first) {
            up(connection, child, end);
        } else {
            set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child.child()));
            end.accept(true);
        }
    }

    /**
     * From now on packets leave by that Child SA: the peer has its half, or its predecessor goes. Nothing happens for one
     * that is not installed.
     *
     * @param done its keys are not needed any more
     */
    public void use(SaSerial child, Runnable done) {
        exclusively(release -> {
            Installed waiting = installed.get(child);
            if (waiting != null) {
                Connection connection = waiting.connection();
                ChildInstall install = waiting.child();
                if (waiting.whole() || addSas(install, install.outbound())) {
                    installed.put(child, new Installed(connection, install, true));
                    put(new PolicyBuilder(connection).outbound(install), install.logger());
                    set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child));
                }
                done.run();
            }
            release.run();
        });
    }

    /**
     * A Child SA is gone: takes it out of the kernel. Packets meet the trap or the failure shunt again if it was the one
     * that policies were for; nothing happens for one that was not installed.
     */
    public void teardown(SaSerial child, Runnable done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, ok -> done.run());
            Installed gone = installed.remove(child);
            if (gone == null) {
                end.accept(true);
                return;
            }
            Connection connection = gone.connection();
            boolean owner = connection.routeOwner().filter(child::equals).isPresent();
            if (owner && connection.routing() == RoutingState.UNROUTED_KEYED) {
                removeKeyed(gone);
                end.accept(true);
                return;
            }
            RoutingTable.Step step = RoutingTable.step(RoutingEvent.TEARDOWN, connection.routing());
            if (!owner || step == RoutingTable.Step.REMOVE_SAS) {
                if (isLastUnconfirmed(connection)) {
                    removeInbound(connection, gone.child().logger());
                }
                deleteSas(gone);
                end.accept(true);
                return;
            }
            Logger logger = gone.child().logger();
            set(connection, connection.routing(), Optional.empty());
            script(connection, "down", Optional.of(gone.child()), logger, ok -> {
                withoutPolicies(connection, logger, () -> {
                    deleteSas(gone);
                    end.accept(true);
                });
            });
        });
    }

    /** Whether nothing is left of a connection's Child SAs that were prepared and none was confirmed. */
    private boolean isLastUnconfirmed(Connection connection) {
        return connection.routeOwner().isEmpty()
                && installed.values().stream().noneMatch(other -> other.connection() == connection);
    }

    /**
     * A packet met a trap: finds the connection that has to be initiated, and remembers that packets are held for it.
     *
     * @return empty if there is none, which is logged
     */
    public Optional<Connection> acquire(Selector source, Selector destination, Logger logger) {
        String packet = "initiate on-demand for packet " + packetText(source, destination);
        if (source.subnet().equals(destination.subnet())) {
            logger.log(RcCode.OPPOFAILURE, "cannot " + packet + ": acquire for our own IP address");
            return Optional.empty();
        }
        Optional<Connection> found =
                find(source, destination).filter(c -> !c.config().neverNegotiates());
        if (found.isEmpty()) {
            logger.log(RcCode.OPPOFAILURE, "cannot " + packet + ": no routed template covers this pair");
            return found;
        }
        Connection connection = found.get();
        if (connection.kind() == ConnectionKind.TEMPLATE) {
            logger.log(RcCode.NOPEERIP, "cannot " + packet + ": template connection");
            return Optional.empty();
        }
        if (connection.kind() == ConnectionKind.INSTANCE) {
            logger.log("ignoring found existing connection instance " + connection
                    + " that covers kernel acquire with IKE state #" + number(connection.newestIke())
                    + " and IPsec state #" + number(connection.newestChild()) + " - due to duplicate acquire?");
            return Optional.empty();
        }
        switch (RoutingTable.step(RoutingEvent.ACQUIRE, connection.routing())) {
            case HOLD_UNROUTED -> set(connection, RoutingState.UNROUTED_HOLD, connection.routeOwner());
            case HOLD_ROUTED -> set(connection, RoutingState.ROUTED_HOLD, connection.routeOwner());
            default -> {}
        }
        logger.log(packet);
        return found;
    }

    private static long number(Optional<SaSerial> serial) {
        return serial.map(SaSerial::value).orElse(0L);
    }

    private static String packetText(Selector source, Selector destination) {
        String from = source.port() == 0 && hasPorts(source.protocol())
                ? new Endpoint(source.subnet().address(), 1).toString().replaceFirst(":1$", "")
                : new Endpoint(source.subnet().address(), source.port()).toString();
        return from + "-" + IpProtocol.name(source.protocol()) + "->"
                + new Endpoint(destination.subnet().address(), destination.port());
    }

    private static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
    }

    /** The routed connection for a packet: the longest prefixes, then the most exact ports and protocol. */
    private Optional<Connection> find(Selector source, Selector destination) {
        Connection best = null;
        long bestScore = 0;
        for (Connection candidate : connections.newestFirst()) {
            if (candidate.kind() == ConnectionKind.GROUP
                    || !candidate.routing().isRouted()
                    || candidate
                            .local()
                            .client()
                            .filter(c -> c.contains(source))
                            .isEmpty()
                    || candidate
                            .remote()
                            .client()
                            .filter(c -> c.contains(destination))
                            .isEmpty()) {
                continue;
            }
            long score = score(candidate, source, destination);
            if (best == null || score > bestScore) {
                best = candidate;
                bestScore = score;
            }
        }
        return Optional.ofNullable(best);
    }

    private static long score(Connection candidate, Selector source, Selector destination) {
        Selector ours = candidate.local().client().orElseThrow();
        Selector theirs = candidate.remote().client().orElseThrow();
        int[] lengths = candidate.prefixLengths();
        long prefixes = ((long) lengths[0] << 17 | (long) lengths[1] << 8 | 1)
                + (candidate.kind() == ConnectionKind.INSTANCE ? 1 : 0);
        return 8 * prefixes
                + (ours.port() == source.port() ? 2 : 0)
                + (theirs.port() == destination.port() ? 2 : 0)
                + (ours.protocol() == source.protocol() ? 1 : 0);
    }

    /** Whether neither the route nor the policies are another's; why not is logged. */
    private boolean mayRoute(Connection connection, Logger logger) {
        boolean unknownPeer = !connection.remote().hasClient()
                && connection.kind() == ConnectionKind.TEMPLATE
                && !connection.has(ConnectionPolicy.OPPORTUNISTIC);
        if (unknownPeer || connection.remote().client().isEmpty()) {
            logger.log(RcCode.ROUTE, "cannot route template policy of " + PolicyText.of(connection));
            return false;
        }
        Optional<Connection> route = routeOwner(connection);
        if (route.isPresent() && !sameWay(route.get(), connection)) {
            logger.log(RcCode.LOG_SERIOUS, "cannot route -- route already in use for " + route.get());
            return false;
        }
        Optional<Connection> policies = owners.policies(connection);
        if (policies.isPresent()
                && policies.get() != connection
                && !policies.get().name().equals(connection.name())
                && !policies.get().has(ConnectionPolicy.OVERLAPIP)
                && !connection.has(ConnectionPolicy.OVERLAPIP)) {
            logger.log(
                    RcCode.LOG_SERIOUS,
                    "cannot install eroute -- it is in use for " + policies.get() + " #"
                            + number(policies.get().routeOwner()));
            return false;
        }
        return true;
    }

    /** The connection that has the route to the same client, but by another peer or another of our interfaces. */
    public Optional<Connection> rival(Connection connection) {
        return connection.remote().hasClient()
                ? routeOwner(connection)
                        .filter(owner -> owner != connection
                                && !(owner.remote()
                                                .address()
                                                .equals(connection.remote().address())
                                        && owner.socket().equals(connection.socket())))
                : Optional.empty();
    }

    Optional<Connection> routeOwner(Connection connection) {
        if (!connection.isOriented()) {
            connection.logger().log("route_owner: connection no longer oriented - system interface change?");
            return Optional.empty();
        }
        return owners.route(connection);
    }

    /** Whether two connections' packets leave by the same interface to the same next hop. */
    private static boolean sameWay(Connection a, Connection b) {
        return a.socket().map(s -> s.interfaceAddress()).equals(b.socket().map(s -> s.interfaceAddress()))
                && a.local().nextHop().equals(b.local().nextHop());
    }

    private void installTrap(Connection connection, Consumer<Boolean> done) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        Shunt shunt = connection.config().shunts().prospective();
        boolean replaces = owners.policies(connection).isPresent();
        List<KernelPolicy> wanted = replaces ? List.of(policies.outboundShunt(shunt)) : policies.shunt(shunt);
        if (!putAll(wanted, connection.logger())) {
            done.accept(false);
            return;
        }
        route(connection, Optional.empty(), connection.logger(), ok -> {
            if (ok) {
                set(connection, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
                done.accept(true);
                return;
            }
            script(connection, "down", Optional.empty(), connection.logger(), down -> {
                if (connection.routing().hasPolicies()) {
                    put(policies.outboundShunt(shuntOf(connection)), connection.logger());
                } else {
                    removeFailed(connection);
                }
                done.accept(false);
            });
        });
    }

    /** Runs updown for the operation that runs now, which {@code then} goes on with. */
    void script(
            Connection connection, String verb, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> then) {
        updown.run(connection, verb, child, logger, turns.later(then));
    }

    /** What could not be routed goes again. */
    private void removeFailed(Connection connection) {
        Logger logger = connection.logger();
        PolicyBuilder policies = new PolicyBuilder(connection);
        remove(policies.named(Direction.OUT), logger);
        // as libreswan: complains if there is no inbound policy, which a trap does not have.
        if (!remove(policies.named(Direction.IN), logger)) {
            logger.log("shunt_policy() in route_and_eroute() failed in !st case");
        }
        removeIfThere(policies.named(Direction.FORWARD), logger);
    }

    /** The route, unless the connection or one that goes the same way has it: {@code prepare} and {@code route}. */
    private void route(Connection connection, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        if (routeOwner(connection).isPresent()) {
            done.accept(true);
            return;
        }
        // as libreswan: that prepare fails does not matter.
        script(connection, "prepare", child, logger, prepared -> script(connection, "route", child, logger, done));
    }

    private void up(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        Optional<ChildInstall> some = Optional.of(child);
        script(connection, "up", some, child.logger(), up -> {
            if (!up) {
                withdraw(connection, child, true, done);
                return;
            }
            route(connection, some, child.logger(), routed -> {
                if (routed) {
                    set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child.child()));
                    done.accept(true);
                    return;
                }
                script(connection, "down", some, child.logger(), down -> withdraw(connection, child, true, done));
            });
        });
    }

    /** Undoes what was done for a Child SA that cannot be used after all. */
    private void withdraw(Connection connection, ChildInstall child, boolean first, Consumer<Boolean> done) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        if (first) {
            removeInbound(connection, child.logger());
            if (connection.routing().hasPolicies()) {
                put(policies.outboundShunt(shuntOf(connection)), child.logger());
            } else {
                remove(policies.outbound(child), child.logger());
            }
        } else {
            connection
                    .routeOwner()
                    .map(installed::get)
                    .ifPresent(old -> put(policies.outbound(old.child()), child.logger()));
        }
        deleteSas(installed.remove(child.child()));
        done.accept(false);
    }

    /** What packets meet in the connection's state. */
    private static Shunt shuntOf(Connection connection) {
        ConnectionConfig.Shunts shunts = connection.config().shunts();
        return connection.routing() == RoutingState.ROUTED_FAILURE && shunts.failure() != Shunt.NONE
                ? shunts.failure()
                : shunts.prospective();
    }

    /** The Child SA that policies were for is gone: packets meet a shunt, or all goes with the connection. */
    private void withoutPolicies(Connection connection, Logger logger, Runnable done) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        // Its deletion may have had its turn while updown ran for it: then nobody takes a shunt away any more.
        boolean deleted = connections.find(connection.serial()).isEmpty();
        boolean vanishes = connection.kind() == ConnectionKind.INSTANCE
                && (connection.has(ConnectionPolicy.OPPORTUNISTIC) || connection.has(ConnectionPolicy.DONT_REKEY));
        if (deleted || vanishes) {
            remove(policies.named(Direction.OUT), logger);
            removeInbound(connection, logger);
            unroute(connection, true, done);
            return;
        }
        Shunt failure = connection.config().shunts().failure();
        set(
                connection,
                failure == Shunt.NONE ? RoutingState.ROUTED_PROSPECTIVE : RoutingState.ROUTED_FAILURE,
                Optional.empty());
        put(policies.outboundShunt(shuntOf(connection)), logger);
        removeInbound(connection, logger);
        done.run();
    }

    /** A Child SA goes whose route went before, when its address did. */
    private void removeKeyed(Installed gone) {
        Connection connection = gone.connection();
        Logger logger = gone.child().logger();
        remove(new PolicyBuilder(connection).outbound(gone.child()), logger);
        removeInbound(connection, logger);
        deleteSas(gone);
        set(connection, RoutingState.UNROUTED, Optional.empty());
    }

    private void removeTrap(Connection connection, Consumer<Boolean> done) {
        removeShunt(connection);
        unroute(connection, connection.routing().isRouted(), () -> done.accept(true));
    }

    private void removeShunt(Connection connection) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        remove(policies.named(Direction.OUT), connection.logger());
        if (removeIfThere(policies.named(Direction.IN), connection.logger())) {
            // as libreswan: only traps are expected, although what passes or drops has inbound policies, too.
            connection
                    .logger()
                    .log("kernel: " + kernel.name() + " XFRM_MSG_DELPOLICY for flow "
                            + flow(connection.config().shunts().failure()) + " (in) encountered unexpected policy");
        }
        removeIfThere(policies.named(Direction.FORWARD), connection.logger());
    }

    private static String flow(Shunt shunt) {
        return switch (shunt) {
            case PASS -> "%pass(none)";
            case DROP -> "%drop(discard)";
            case REJECT -> "%reject(discard)";
            case TRAP -> "%trap(ipsec)";
            case NONE, HOLD -> "%discard(discard)";
        };
    }

    private void removeInbound(Connection connection, Logger logger) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        removeIfThere(policies.named(Direction.IN), logger);
        removeIfThere(policies.named(Direction.FORWARD), logger);
    }

    /** The connection has no policies any more; its route goes, too, unless another one uses it. */
    private void unroute(Connection connection, boolean hadRoute, Runnable done) {
        // Now, so that it is not found as the owner of its own route.
        set(connection, RoutingState.UNROUTED, Optional.empty());
        if (hadRoute && routeOwner(connection).isEmpty()) {
            script(connection, "unroute", Optional.empty(), connection.logger(), ok -> done.run());
        } else {
            done.run();
        }
    }

    void set(Connection connection, RoutingState state, Optional<SaSerial> owner) {
        connection.setRouting(state, owner);
        owners.update(connection);
    }

    /** As libreswan: outbound first, so that all is ready when packets come in. */
    private static List<KernelSa> bothHalves(ChildInstall child) {
        List<KernelSa> all = new ArrayList<>(child.outbound());
        all.addAll(child.inbound());
        return all;
    }

    private boolean addSas(ChildInstall child, List<KernelSa> sas) {
        List<KernelSa> done = new ArrayList<>();
        for (KernelSa sa : sas) {
            try {
                kernel.addSa(sa);
                done.add(sa);
            } catch (KernelException e) {
                tell(e, child.logger());
                done.forEach(added -> deleteSa(added, child.logger()));
                return false;
            }
        }
        return true;
    }

    private void deleteSas(Installed gone) {
        ChildInstall child = gone.child();
        List<KernelSa> outermostFirst = new ArrayList<>();
        for (int i = child.outbound().size() - 1; gone.whole() && i >= 0; i--) {
            outermostFirst.add(child.outbound().get(i));
        }
        for (int i = child.inbound().size() - 1; i >= 0; i--) {
            outermostFirst.add(child.inbound().get(i));
        }
        outermostFirst.forEach(sa -> deleteSa(sa, child.logger()));
        updown.forget(child.child());
    }

    private void deleteSa(KernelSa sa, Logger logger) {
        try {
            kernel.deleteSa(sa.id());
        } catch (KernelException e) {
            tell(e, logger);
        }
    }

    private boolean putAll(List<KernelPolicy> policies, Logger logger) {
        return policies.stream().allMatch(policy -> put(policy, logger));
    }

    private boolean put(KernelPolicy policy, Logger logger) {
        try {
            kernel.putPolicy(policy);
            return true;
        } catch (KernelException e) {
            tell(e, logger);
            return false;
        }
    }

    private boolean remove(KernelPolicy policy, Logger logger) {
        try {
            kernel.deletePolicy(policy);
            return true;
        } catch (KernelException e) {
            tell(e, logger);
            return false;
        }
    }

    /** Whether it was there. */
    private boolean removeIfThere(KernelPolicy policy, Logger logger) {
        try {
            kernel.deletePolicy(policy);
            return true;
        } catch (KernelException e) {
            if (!e.errno().equals("ENOENT")) {
                tell(e, logger);
            }
            return false;
        }
    }

    static void tell(KernelException e, Logger logger) {
        logger.error(e.getMessage());
        e.advice().ifPresent(advice -> logger.log(RcCode.LOG_SERIOUS, advice));
    }

    /** Ends an operation: whoever asked is told first, then the next one runs. */
    private static Consumer<Boolean> ending(Runnable release, Consumer<Boolean> done) {
        return ok -> {
            try {
                done.accept(ok);
            } finally {
                release.run();
            }
        };
    }
}
