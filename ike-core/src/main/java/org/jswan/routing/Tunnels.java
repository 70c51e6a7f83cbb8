// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.RoutingState;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.log.Logger;
import org.jswan.routing.InstalledChildren.Installed;

/** Has packets leave and come by Child SAs, and ends that. To be asked within an operation of {@link Routing}. */
final class Tunnels {
    private final ConnectionDatabase connections;
    private final KernelDoor kernel;
    private final RoutingStates states;
    private final RouteConflicts conflicts;
    private final Routes routes;
    private final Shunts shunts;
    private final InstalledChildren installed;
    private final Heirs heirs;
    private final Translation translation;
    private final VirtualInterfaces interfaces;
    /** Which Child SA of a connection was prepared with inbound policies that nobody took away since. */
    private final Map<ConnectionSerial, SaSerial> prepared = new HashMap<>();

    Tunnels(
            ConnectionDatabase connections,
            KernelDoor kernel,
            RoutingStates states,
            RouteConflicts conflicts,
            Routes routes,
            Shunts shunts,
            InstalledChildren installed,
            Heirs heirs,
            VirtualInterfaces interfaces) {
        this.connections = connections;
        this.kernel = kernel;
        this.states = states;
        this.conflicts = conflicts;
        this.routes = routes;
        this.shunts = shunts;
        this.installed = installed;
        this.heirs = heirs;
        this.translation = new Translation(kernel, states.owners(), heirs);
        this.interfaces = interfaces;
    }

    /** See {@link Routing#establish}. */
    void establish(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        boolean whole = isFirst(connection) || !child.outboundLater();
        if (!install(connection, child, whole)) {
            done.accept(false);
        } else if (!connection.isForLabel() && whole) {
            carry(connection, child, /* hasInbound= */ false, done);
        } else {
            // A label's policies and route are the template's; a successor's are its predecessor's as yet.
            done.accept(true);
        }
    }

    /** See {@link Routing#prepare}. */
    boolean prepare(Connection connection, ChildInstall child) {
        boolean ok = install(connection, child, /* whole= */ true);
        if (ok && connection.routeOwner().isEmpty()) {
            putInbound(connection, child);
            prepared.put(connection.serial(), child.child());
        }
        return ok;
    }

    /** See {@link Routing#confirm}. */
    void confirm(SaSerial child, Consumer<Boolean> done) {
        Optional<Installed> found = installed.find(child);
        if (found.isEmpty()) {
            done.accept(false);
        } else {
            Connection connection = found.get().connection();
            boolean hasInbound = prepared.remove(connection.serial(), child);
            carry(connection, found.get().child(), hasInbound, done);
        }
    }

    private static boolean isFirst(Connection connection) {
        return RouteOwners.isSuperseded(connection)
                || RoutingTable.step(RoutingEvent.ESTABLISH, connection) == RoutingTable.Step.INSTALL_TUNNEL;
    }

    /** The SAs of a Child SA, or only those from the peer. */
    private boolean install(Connection connection, ChildInstall child, boolean whole) {
        return conflicts.mayRoute(connection, child.logger())
                && interfaces.ready(connection, child.logger())
                && installed.add(connection, child, whole);
    }

    private void putInbound(Connection connection, ChildInstall child) {
        if (!kernel.putAll(new PolicyBuilder(connection).inbound(child), child.logger())) {
            child.logger().log("raw_policy() in setup_half_ipsec_sa() failed to add inbound");
        }
    }

    /** The policies and the route of a Child SA that is installed. */
    private void carry(Connection connection, ChildInstall child, boolean hasInbound, Consumer<Boolean> done) {
        boolean first = isFirst(connection);
        if (first && !hasInbound) {
            putInbound(connection, child);
        }
        if (!translation.put(connection, child)) {
            withdraw(connection, child, first, done);
        } else if (first) {
            up(connection, child, done);
        } else {
            established(connection, child);
            done.accept(true);
        }
    }

    private void up(Connection connection, ChildInstall child, Consumer<Boolean> done) {
        Optional<ChildInstall> some = Optional.of(child);
        routes.script(connection, "up", some, child.logger(), up -> {
            if (!up) {
                withdraw(connection, child, true, done);
                return;
            }
            routes.give(connection, some, child.logger(), routed -> {
                if (routed) {
                    established(connection, child);
                    done.accept(true);
                    return;
                }
                routes.script(
                        connection, "down", some, child.logger(), down -> withdraw(connection, child, true, done));
            });
        });
    }

    private void established(Connection connection, ChildInstall child) {
        shunts.takeOver(connection);
        states.set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child.child()));
        shunts.clearNarrow(connection, child.logger());
    }

    /** Undoes what was done for a Child SA that cannot be used after all. */
    private void withdraw(Connection connection, ChildInstall child, boolean first, Consumer<Boolean> done) {
        if (first) {
            translation.remove(connection, child);
            removeInbound(connection, child);
            if (connection.routing().hasPolicies() && heirs.twin(connection).isEmpty()) {
                shunts.restore(connection, child.logger());
            } else {
                shunts.removeOutbound(connection, new PolicyBuilder(connection).outbound(child), child.logger());
            }
        } else {
            connection.routeOwner().flatMap(installed::find).ifPresent(old -> translation.put(connection, old.child()));
        }
        installed.forget(child.child()).ifPresent(this::deleteSas);
        done.accept(false);
    }

    /** See {@link Routing#use}; answers whether it is installed. */
    boolean use(SaSerial child) {
        Optional<Installed> waiting = installed.find(child);
        if (waiting.isEmpty()) {
            return false;
        }
        Connection connection = waiting.get().connection();
        // Both halves of a label's were installed at once.
        if (!connection.isForLabel() && installed.complete(waiting.get())) {
            translation.put(connection, waiting.get().child());
            states.set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child));
        }
        return true;
    }

    /** See {@link Routing#teardown}. */
    void teardown(SaSerial child, Runnable done) {
        Optional<Installed> found = installed.forget(child);
        if (found.isEmpty()) {
            done.run();
            return;
        }
        Installed gone = found.get();
        Connection connection = gone.connection();
        prepared.remove(connection.serial(), child);
        boolean owner = connection.routeOwner().filter(child::equals).isPresent();
        if (owner && connection.routing() == RoutingState.UNROUTED_KEYED) {
            removeKeyed(gone);
            done.run();
            return;
        }
        RoutingTable.Step step = RoutingTable.step(RoutingEvent.TEARDOWN, connection);
        if (!owner || step == RoutingTable.Step.REMOVE_SAS) {
            if (isLastUnconfirmed(connection) && !connection.isForLabel()) {
                removeInbound(connection, gone.child());
            }
            deleteSas(gone);
            done.run();
            return;
        }
        states.set(connection, connection.routing(), Optional.empty());
        routes.script(
                connection,
                "down",
                Optional.of(gone.child()),
                gone.child().logger(),
                ok -> withoutPolicies(connection, step, gone.child(), () -> {
                    deleteSas(gone);
                    done.run();
                }));
    }

    /** Whether nothing is left of a connection's Child SAs that were prepared and none was confirmed. */
    private boolean isLastUnconfirmed(Connection connection) {
        return connection.routeOwner().isEmpty() && installed.isNoneOf(connection);
    }

    /** The Child SA that policies were for is gone: packets meet a shunt, or all goes with the connection. */
    private void withoutPolicies(Connection connection, RoutingTable.Step step, ChildInstall child, Runnable done) {
        Logger logger = child.logger();
        translation.remove(connection, child);
        KernelPolicy outbound = new PolicyBuilder(connection).outbound(child);
        // Its deletion may have had its turn while updown ran for it: then nobody takes a shunt away any more.
        boolean deleted = connections.find(connection.serial()).isEmpty();
        if (deleted || step == RoutingTable.Step.REMOVE_TUNNEL) {
            shunts.removeOutbound(connection, outbound, logger);
            removeInbound(connection, child);
            routes.drop(connection, true, done);
            return;
        }
        states.set(connection, Shunts.afterTunnel(connection), Optional.empty());
        shunts.restore(connection, logger);
        if (!Optional.of(outbound.destination()).equals(connection.remote().client())) {
            // Transport mode protects a host, whatever the client is: the shunt did not take its place.
            kernel.remove(outbound, logger);
        }
        removeInbound(connection, child);
        done.run();
    }

    /** A Child SA goes whose route went before, when its address did or another connection took it. */
    private void removeKeyed(Installed gone) {
        Connection connection = gone.connection();
        Logger logger = gone.child().logger();
        translation.remove(connection, gone.child());
        shunts.removeOutbound(connection, new PolicyBuilder(connection).outbound(gone.child()), logger);
        removeInbound(connection, gone.child());
        deleteSas(gone);
        states.set(connection, RoutingState.UNROUTED, Optional.empty());
    }

    private void removeInbound(Connection connection, ChildInstall child) {
        // Those of others may have the same selectors: they put theirs again.
        prepared.clear();
        Optional<Installed> twin = heirs.twin(connection);
        if (twin.isPresent()) {
            // The kernel has one of each: it may be this connection's, and by other SAs.
            putInbound(twin.get().connection(), twin.get().child());
            return;
        }
        PolicyBuilder policies = new PolicyBuilder(connection);
        policies.inbound(child).forEach(policy -> kernel.removeIfThere(policy, child.logger()));
        if (child.mode() == IpsecMode.TRANSPORT) {
            kernel.removeIfThere(policies.named(Direction.FORWARD), child.logger());
        }
    }

    private void deleteSas(Installed gone) {
        installed.delete(gone);
        routes.forget(gone.child().child());
    }
}
