// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.RoutingState;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;
import org.jswan.updown.ScriptRunner;

/**
 * What the kernel has for each connection: policies, routes, SAs. Everything that changes them is an operation, and
 * operations run one after the other: while updown runs for one, the others wait. {@link RoutingTable} says which event
 * does what in which state.
 */
public final class Routing {
    private final KernelDoor kernel;
    private final Updown updown;
    private final VirtualInterfaces interfaces;
    private final ConnectionDatabase connections;
    private final RouteOwners owners = new RouteOwners();
    private final RouteConflicts conflicts = new RouteConflicts(owners);
    private final PacketSearch packets = new PacketSearch();
    private final BareShunts bare = new BareShunts();
    private final Shunts shunts;
    private final LabelledPolicies labelled;
    private final Translation translation;
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
        this.kernel = new KernelDoor(kernel);
        this.shunts = new Shunts(this.kernel, owners, bare);
        this.translation = new Translation(this.kernel, owners);
        this.labelled = new LabelledPolicies(this.kernel);
        this.updown = new Updown(kernel, scripts);
        this.interfaces = new VirtualInterfaces(kernel.interfaces());
        connections.watch(new ConnectionDatabase.Watcher() {
            @Override
            public void added(Connection connection) {
                interfaces.added(connection);
            }

            @Override
            public void removed(Connection connection) {
                packets.forget(connection);
                interfaces.removed(connection);
            }
        });
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
            if (!conflicts.mayRoute(connection, connection.logger())) {
                end.accept(false);
            } else if (connection.config().isLabelled()) {
                routeLabelled(connection, connection.logger(), end);
            } else if (RoutingTable.step(RoutingEvent.TRAP, connection) == RoutingTable.Step.NOTHING) {
                end.accept(true);
            } else {
                installTrap(connection, end);
            }
        });
    }

    /**
     * Installs the policies and the route of a connection whose packets' labels get SAs of their own, unless they are there.
     *
     * @param done gets whether they are there now; why not is told to {@code logger}
     */
    public void routeLabels(Connection connection, Logger logger, Consumer<Boolean> done) {
        exclusively(release -> routeLabelled(connection, logger, ending(release, done)));
    }

    private void routeLabelled(Connection connection, Logger logger, Consumer<Boolean> done) {
        if (connection.routing() != RoutingState.UNROUTED) {
            done.accept(true);
            return;
        }
        if (!labelled.install(connection, logger)) {
            done.accept(false);
            return;
        }
        Optional<ChildInstall> none = Optional.empty();
        script(
                connection,
                "prepare",
                none,
                logger,
                prepared -> script(connection, "route", none, logger, routed -> {
                    if (routed) {
                        set(connection, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
                        done.accept(true);
                        return;
                    }
                    script(connection, "down", none, logger, down -> {
                        labelled.remove(connection, logger);
                        done.accept(false);
                    });
                }));
    }

    /**
     * Takes the route and what packets without an SA meet away.
     *
     * @param done gets whether they are gone; not so while a Child SA uses them
     */
    public void untrap(Connection connection, Consumer<Boolean> done) {
        exclusively(release -> {
            Consumer<Boolean> end = ending(release, done);
            if (RouteOwners.isSuperseded(connection)) {
                // Policies and route are the template's.
                set(connection, RoutingState.UNROUTED, Optional.empty());
                end.accept(true);
                return;
            }
            switch (RoutingTable.step(RoutingEvent.UNTRAP, connection)) {
                case REFUSED -> end.accept(false);
                case NOTHING -> end.accept(true);
                case REMOVE_ROUTE -> unroute(connection, true, () -> end.accept(true));
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
            } else if (connection.isForLabel()) {
                // The template has the policies, and the route.
                end.accept(true);
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
        return RouteOwners.isSuperseded(connection)
                || RoutingTable.step(RoutingEvent.ESTABLISH, connection) == RoutingTable.Step.INSTALL_TUNNEL;
    }

    /** The SAs of a Child SA, or only those from the peer. */
    private boolean install(Connection connection, ChildInstall child, boolean whole) {
        if (!conflicts.mayRoute(connection, child.logger()) || !interfaces.ready(connection, child.logger())) {
            return false;
        }
        if (!kernel.addSas(whole ? bothHalves(child) : child.inbound(), child.logger())) {
            child.logger().log("setup_half_ipsec_sa() hit fail:");
            return false;
        }
        installed.put(child.child(), new Installed(connection, child, whole));
        return true;
    }

    private void putInbound(Connection connection, ChildInstall child) {
        if (!kernel.putAll(new PolicyBuilder(connection).inbound(child), child.logger())) {
            child.logger().log("raw_policy() in setup_half_ipsec_sa() failed to add inbound");
        }
    }

    /** The policies and the route of a Child SA that is installed. */
    private void carry(Connection connection, ChildInstall child, Consumer<Boolean> end) {
        boolean first = isFirst(connection);
        if (first) {
            putInbound(connection, child);
        }
        if (!translation.put(connection, child)) {
            withdraw(connection, child, first, end);
        } else if (first) {
            up(connection, child, end);
        } else {
            established(connection, child);
            end.accept(true);
        }
    }

    private void established(Connection connection, ChildInstall child) {
        shunts.takeOver(connection);
        set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child.child()));
        shunts.clearNarrow(connection, child.logger());
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
                if (connection.isForLabel()) {
                    // Both halves were installed at once.
                    done.run();
                    release.run();
                    return;
                }
                if (waiting.whole() || kernel.addSas(install.outbound(), install.logger())) {
                    installed.put(child, new Installed(connection, install, true));
                    translation.put(connection, install);
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
            RoutingTable.Step step = RoutingTable.step(RoutingEvent.TEARDOWN, connection);
            if (!owner || step == RoutingTable.Step.REMOVE_SAS) {
                if (isLastUnconfirmed(connection) && !connection.isForLabel()) {
                    removeInbound(connection, gone.child());
                }
                deleteSas(gone);
                end.accept(true);
                return;
            }
            Logger logger = gone.child().logger();
            set(connection, connection.routing(), Optional.empty());
            script(connection, "down", Optional.of(gone.child()), logger, ok -> {
                withoutPolicies(connection, step, gone.child(), () -> {
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

    /** The connection that waits for such a packet. */
    Optional<Connection> find(Selector source, Selector destination, Predicate<Connection> admissible) {
        return packets.find(source, destination, admissible);
    }

    /** The template that makes instances of its own for each peer, for such a packet. */
    Optional<Connection> findOpportunistic(Selector source, Selector destination) {
        return packets.findOpportunistic(source, destination);
    }

    Optional<Connection> find(ConnectionSerial serial) {
        return connections.find(serial);
    }

    /** A connection that is not routed waits for packets from now on. */
    void await(Connection connection) {
        packets.update(connection);
    }

    BareShunts bare() {
        return bare;
    }

    Shunts shunts() {
        return shunts;
    }

    /** What {@code --shuntstatus} lists. */
    public List<String> bareShunts() {
        return bare.lines();
    }

    /** The trap of a template gives way to the policies of an instance that has just its packets. */
    void eclipse(Connection template) {
        if (RoutingTable.step(RoutingEvent.INSTANTIATE, template) == RoutingTable.Step.ECLIPSE) {
            set(template, RoutingState.ROUTED_ECLIPSED, Optional.empty());
        }
    }

    /** The connection that has the route to the same client, but by another peer or another of our interfaces. */
    public Optional<Connection> rival(Connection connection) {
        return conflicts.rival(connection);
    }

    Optional<Connection> routeOwner(Connection connection) {
        return conflicts.routeOwner(connection);
    }

    private void installTrap(Connection connection, Consumer<Boolean> done) {
        boolean covered = isCovered(connection);
        if (!covered && !shunts.install(connection)) {
            done.accept(false);
            return;
        }
        route(connection, Optional.empty(), connection.logger(), ok -> {
            if (ok) {
                shunts.takeOver(connection);
                set(connection, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
                done.accept(true);
                return;
            }
            script(connection, "down", Optional.empty(), connection.logger(), down -> {
                if (!covered) {
                    shunts.undo(connection);
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

    /** The route, unless the connection or one that goes the same way has it: {@code prepare} and {@code route}. */
    private void route(Connection connection, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        Optional<Connection> owner = routeOwner(connection);
        if (owner.isEmpty()) {
            // as libreswan: that prepare fails does not matter.
            script(connection, "prepare", child, logger, prepared -> script(connection, "route", child, logger, done));
        } else if (connection.routing().isRouted() || RouteConflicts.sameWay(owner.get(), connection)) {
            done.accept(true);
        } else {
            steal(connection, owner.get(), child, logger, done);
        }
    }

    /** The route is another's, and goes another way; who may not take it was refused before. */
    private void steal(
            Connection connection,
            Connection owner,
            Optional<ChildInstall> child,
            Logger logger,
            Consumer<Boolean> done) {
        if (connection.local().nextHop().equals(owner.local().nextHop())) {
            script(
                    owner,
                    "unroute",
                    child,
                    logger,
                    gone -> script(connection, "route", child, logger, routed -> {
                        lose(connection, routed);
                        done.accept(routed);
                    }));
        } else {
            // The new route comes before the old one goes, so that nothing leaves in clear meanwhile.
            script(
                    connection,
                    "route",
                    child,
                    logger,
                    routed -> script(owner, "unroute", child, logger, gone -> {
                        lose(connection, routed);
                        done.accept(routed);
                    }));
        }
    }

    /** Whoever had the route has none any more, but keeps what policies it has. */
    private void lose(Connection connection, boolean routed) {
        for (Optional<Connection> loser = routeOwner(connection);
                routed && loser.isPresent();
                loser = routeOwner(connection)) {
            Connection owner = loser.get();
            set(
                    owner,
                    switch (owner.routing()) {
                        case ROUTED_TUNNEL -> RoutingState.UNROUTED_KEYED;
                        case ROUTED_PROSPECTIVE, ROUTED_HOLD, ROUTED_FAILURE -> RoutingState.UNROUTED_HOLD;
                        case UNROUTED, UNROUTED_HOLD, ROUTED_ECLIPSED, UNROUTED_KEYED -> RoutingState.UNROUTED;
                    },
                    owner.routeOwner());
        }
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
                    established(connection, child);
                    done.accept(true);
                    return;
                }
                script(connection, "down", some, child.logger(), down -> withdraw(connection, child, true, done));
            });
        });
    }

    /** Undoes what was done for a Child SA that cannot be used after all. */
    private void withdraw(Connection connection, ChildInstall child, boolean first, Consumer<Boolean> done) {
        if (first) {
            translation.remove(connection, child);
            removeInbound(connection, child);
            if (connection.routing().hasPolicies()) {
                shunts.restore(connection, child.logger());
            } else {
                kernel.remove(new PolicyBuilder(connection).outbound(child), child.logger());
            }
        } else {
            connection.routeOwner().map(installed::get).ifPresent(old -> translation.put(connection, old.child()));
        }
        deleteSas(installed.remove(child.child()));
        done.accept(false);
    }

    /** The Child SA that policies were for is gone: packets meet a shunt, or all goes with the connection. */
    private void withoutPolicies(Connection connection, RoutingTable.Step step, ChildInstall child, Runnable done) {
        Logger logger = child.logger();
        translation.remove(connection, child);
        KernelPolicy outbound = new PolicyBuilder(connection).outbound(child);
        // Its deletion may have had its turn while updown ran for it: then nobody takes a shunt away any more.
        boolean deleted = connections.find(connection.serial()).isEmpty();
        if (deleted || step == RoutingTable.Step.REMOVE_TUNNEL) {
            shunts.removeOutbound(outbound, heirsPolicy(connection), logger);
            removeInbound(connection, child);
            unroute(connection, true, done);
            return;
        }
        set(connection, Shunts.afterTunnel(connection), Optional.empty());
        shunts.restore(connection, logger);
        if (!Optional.of(outbound.destination()).equals(connection.remote().client())) {
            // Transport mode protects a host, whatever the client is: the shunt did not take its place.
            kernel.remove(outbound, logger);
        }
        removeInbound(connection, child);
        done.run();
    }

    /**
     * What outbound packets meet when this connection's policy goes, where another has one with the same selectors: the
     * template that it is of, as a rule, or another instance.
     */
    private Optional<KernelPolicy> heirsPolicy(Connection connection) {
        if (RoutingKind.of(connection) != RoutingKind.PASSING) {
            // As libreswan: of those that share policies by overlapip=yes whoever goes takes them away.
            return Optional.empty();
        }
        return owners.heir(connection).map(heir -> {
            if (RoutingTable.step(RoutingEvent.INSTANCE_GONE, heir) == RoutingTable.Step.RESTORE_SHUNT) {
                set(heir, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
            }
            return heir.routeOwner()
                    .flatMap(this::installed)
                    .map(theirs -> new PolicyBuilder(heir).outbound(theirs.child()))
                    .orElseGet(() -> Shunts.outbound(heir));
        });
    }

    /** Whether a template has no trap as long as this instance of it is there. */
    boolean eclipses(Connection instance) {
        return owners.eclipses(instance);
    }

    /** A Child SA goes whose route went before, when its address did. */
    private void removeKeyed(Installed gone) {
        Connection connection = gone.connection();
        Logger logger = gone.child().logger();
        translation.remove(connection, gone.child());
        kernel.remove(new PolicyBuilder(connection).outbound(gone.child()), logger);
        removeInbound(connection, gone.child());
        deleteSas(gone);
        set(connection, RoutingState.UNROUTED, Optional.empty());
    }

    /** Whether the policies with a template's selectors are those of an instance. */
    private boolean isCovered(Connection template) {
        return template.kind() == ConnectionKind.TEMPLATE
                && owners.heir(template)
                        .filter(heir -> heir.kind() == ConnectionKind.INSTANCE)
                        .isPresent();
    }

    private void removeTrap(Connection connection, Consumer<Boolean> done) {
        if (!isCovered(connection)) {
            shunts.remove(connection, heirsPolicy(connection));
        }
        unroute(connection, connection.routing().isRouted(), () -> done.accept(true));
    }

    private void removeInbound(Connection connection, ChildInstall child) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        policies.inbound(child).forEach(policy -> kernel.removeIfThere(policy, child.logger()));
        if (child.mode() == IpsecMode.TRANSPORT) {
            kernel.removeIfThere(policies.named(Direction.FORWARD), child.logger());
        }
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
        packets.update(connection);
    }

    /** As libreswan: outbound first, so that all is ready when packets come in. */
    private static List<KernelSa> bothHalves(ChildInstall child) {
        List<KernelSa> all = new ArrayList<>(child.outbound());
        all.addAll(child.inbound());
        return all;
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
        outermostFirst.forEach(sa -> kernel.deleteSa(sa, child.logger()));
        updown.forget(child.child());
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
