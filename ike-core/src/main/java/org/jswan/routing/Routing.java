// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.kernel.KernelIpsec;
import org.jswan.log.Logger;
import org.jswan.updown.ScriptRunner;

/**
 * What the kernel has for each connection: policies, routes, SAs. Everything that changes them is an operation, and
 * operations run one after the other: while updown runs for one, the others wait. {@link RoutingTable} says which event
 * does what in which state; {@link Traps} and {@link Tunnels} do it, and have {@link Routes} made.
 */
public final class Routing {
    private final ConnectionDatabase connections;
    private final Turns turns = new Turns();
    private final RoutingStates states;
    private final RouteConflicts conflicts;
    private final Routes routes;
    private final BareShunts bare = new BareShunts();
    private final Shunts shunts;
    private final InstalledChildren installed;
    private final Heirs heirs;
    private final VirtualInterfaces interfaces;
    private final Traps traps;
    private final Tunnels tunnels;

    public Routing(
            ConnectionDatabase connections, KernelIpsec kernel, ScriptRunner scripts, PeerAuthorities authorities) {
        this.connections = connections;
        KernelDoor door = new KernelDoor(kernel);
        this.states = new RoutingStates(connections);
        this.conflicts = new RouteConflicts(states);
        this.routes = new Routes(states, conflicts, new Updown(kernel, scripts, authorities), turns);
        this.installed = new InstalledChildren(door);
        this.heirs = new Heirs(states, installed);
        this.shunts = new Shunts(door, states.owners(), bare, heirs);
        this.interfaces = new VirtualInterfaces(kernel.interfaces());
        connections.watch(interfaces);
        this.traps = new Traps(states, conflicts, routes, shunts, heirs, new LabelledPolicies(door));
        this.tunnels = new Tunnels(connections, door, states, conflicts, routes, shunts, installed, heirs, interfaces);
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

    /** Whether nothing waits for updown. */
    public boolean isIdle() {
        return turns.isIdle();
    }

    /** The interfaces of {@code ipsec-interface=}. */
    public VirtualInterfaces interfaces() {
        return interfaces;
    }

    /** What {@code --shuntstatus} lists. */
    public List<String> bareShunts() {
        return bare.lines();
    }

    /** The connection that has the route to the same client, but by another peer or another of our interfaces. */
    public Optional<Connection> rival(Connection connection) {
        return conflicts.rival(connection);
    }

    /**
     * Installs what packets without an SA meet (a trap, for most connections) and the route.
     *
     * @param done gets whether the connection is routed now; the reason if not is logged to the connection
     */
    public void trap(Connection connection, Consumer<Boolean> done) {
        exclusively(release -> traps.install(connection, ending(release, done)));
    }

    /**
     * Installs the policies and the route of a connection whose packets' labels get SAs of their own, unless they are there.
     *
     * @param done gets whether they are there now; why not is told to {@code logger}
     */
    public void routeLabels(Connection connection, Logger logger, Consumer<Boolean> done) {
        exclusively(release -> traps.installLabelled(connection, logger, ending(release, done)));
    }

    /**
     * Takes the route and what packets without an SA meet away.
     *
     * @param done gets whether they are gone; not so while a Child SA uses them
     */
    public void untrap(Connection connection, Consumer<Boolean> done) {
        exclusively(release -> traps.remove(connection, ending(release, done)));
    }

    /**
     * Installs a Child SA with its policies and, unless there is one for a predecessor, the route. On failure all is as
     * before, and why is logged to the child.
     *
     * @param done gets whether the SA carries traffic now
     */
    public void establish(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        exclusively(release -> tunnels.establish(connection, child, ending(release, done)));
    }

    /**
     * Installs a Child SA that the peer has yet to confirm: what comes by it is taken, but nothing leaves by it until
     * {@link #confirm}. On failure all is as before, and why is logged to the child.
     *
     * @param done gets whether that was done
     */
    public void prepare(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        exclusively(release -> ending(release, done).accept(tunnels.prepare(connection, child)));
    }

    /**
     * The peer confirmed a Child SA that was prepared: it gets its policies and, unless a predecessor has it, the route.
     *
     * @param done gets whether the SA carries traffic now; not so if it was not installed
     */
    public void confirm(SaSerial child, Consumer<Boolean> done) {
        exclusively(release -> tunnels.confirm(child, ending(release, done)));
    }

    /**
     * From now on packets leave by that Child SA: the peer has its half, or its predecessor goes. Nothing happens for one
     * that is not installed.
     *
     * @param done its keys are not needed any more
     */
    public void use(SaSerial child, Runnable done) {
        exclusively(release -> {
            if (tunnels.use(child)) {
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
            tunnels.teardown(child, () -> end.accept(true));
        });
    }

    /** Who has which routing, for operations of other classes; what follows is for them, too. */
    RoutingStates states() {
        return states;
    }

    Routes routes() {
        return routes;
    }

    InstalledChildren installed() {
        return installed;
    }

    BareShunts bare() {
        return bare;
    }

    Shunts shunts() {
        return shunts;
    }

    Heirs heirs() {
        return heirs;
    }

    Optional<Connection> find(ConnectionSerial serial) {
        return connections.find(serial);
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
