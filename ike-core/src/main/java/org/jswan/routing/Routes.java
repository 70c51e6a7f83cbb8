// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;
import org.jswan.log.Logger;

/**
 * The routes to connections' clients, which updown makes: connections that go the same way share one, and one of opportunistic
 * encryption may take another's. To be asked within an operation of {@link Routing}, which goes on when updown has run.
 */
final class Routes {
    private final RoutingStates states;
    private final RouteConflicts conflicts;
    private final Updown updown;
    private final Turns turns;

    Routes(RoutingStates states, RouteConflicts conflicts, Updown updown, Turns turns) {
        this.states = states;
        this.conflicts = conflicts;
        this.updown = updown;
        this.turns = turns;
    }

    /** Whose the route to this connection's client is: perhaps its own. */
    Optional<Connection> owner(Connection connection) {
        return conflicts.routeOwner(connection);
    }

    /** Runs updown. {@code done} gets whether it ended well. */
    void script(
            Connection connection, String verb, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        updown.run(connection, verb, child, logger, turns.later(done));
    }

    /** {@code prepare} and {@code route}, unless the connection or one that goes the same way has the route. */
    void give(Connection connection, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        Optional<Connection> owner = owner(connection);
        if (owner.isEmpty()) {
            make(connection, child, logger, done);
        } else if (connection.routing().isRouted() || RouteConflicts.sameWay(owner.get(), connection)) {
            done.accept(true);
        } else {
            steal(connection, owner.get(), child, logger, done);
        }
    }

    /** {@code prepare} and {@code route}, whoever else has one. */
    void make(Connection connection, Optional<ChildInstall> child, Logger logger, Consumer<Boolean> done) {
        // as libreswan: that prepare fails does not matter.
        script(connection, "prepare", child, logger, prepared -> script(connection, "route", child, logger, done));
    }

    /** The route is another's, and goes another way; who may not take it was refused before. */
    private void steal(
            Connection connection,
            Connection owner,
            Optional<ChildInstall> child,
            Logger logger,
            Consumer<Boolean> done) {
        Consumer<Boolean> stolen = routed -> {
            // It is gone whether the thief has one now or not.
            dispossess(connection);
            done.accept(routed);
        };
        if (connection.local().nextHop().equals(owner.local().nextHop())) {
            script(owner, "unroute", child, logger, gone -> script(connection, "route", child, logger, stolen));
        } else {
            // The new route comes before the old one goes, so that nothing leaves in clear meanwhile.
            script(
                    connection,
                    "route",
                    child,
                    logger,
                    routed -> script(owner, "unroute", child, logger, gone -> stolen.accept(routed)));
        }
    }

    /** Whoever had the route has none any more, but keeps what policies it has. */
    private void dispossess(Connection thief) {
        for (Optional<Connection> loser = loser(thief); loser.isPresent(); loser = loser(thief)) {
            Connection owner = loser.get();
            states.set(
                    owner,
                    switch (owner.routing()) {
                        case ROUTED_TUNNEL -> RoutingState.UNROUTED_KEYED;
                        case ROUTED_PROSPECTIVE, ROUTED_HOLD, ROUTED_FAILURE -> RoutingState.UNROUTED_HOLD;
                        case UNROUTED, UNROUTED_HOLD, ROUTED_ECLIPSED, UNROUTED_KEYED -> RoutingState.UNROUTED;
                    });
        }
    }

    private Optional<Connection> loser(Connection thief) {
        return owner(thief).filter(owner -> owner != thief);
    }

    /** The connection has no policies any more; its route goes, too, unless another one uses it. */
    void drop(Connection connection, boolean hadRoute, Runnable done) {
        // Now, so that it is not found as the owner of its own route.
        states.set(connection, RoutingState.UNROUTED, Optional.empty());
        if (hadRoute && owner(connection).isEmpty()) {
            script(connection, "unroute", Optional.empty(), connection.logger(), ok -> done.run());
        } else {
            done.run();
        }
    }

    /** The address that packets left by is gone, and so is the route; policies and SAs stay. */
    void leave(Connection connection, ChildInstall child, Runnable done) {
        boolean hadRoute = connection.routing().isRouted();
        // Now, so that it is not found as the owner of its own route.
        states.set(connection, RoutingState.UNROUTED_KEYED, Optional.of(child.child()));
        if (!hadRoute || owner(connection).isPresent()) {
            done.run();
            return;
        }
        script(
                connection,
                "down",
                Optional.of(child),
                child.logger(),
                down -> script(
                        connection, "unroute", Optional.of(child.leaving()), child.logger(), gone -> done.run()));
    }

    /** Packets leave by another address now: the route is made anew. */
    void arrive(Connection connection, ChildInstall child, Runnable done) {
        Optional<ChildInstall> some = Optional.of(child);
        states.set(connection, RoutingState.ROUTED_TUNNEL, Optional.of(child.child()));
        script(
                connection,
                "up",
                some,
                child.logger(),
                up -> script(connection, "route", some, child.logger(), routed -> done.run()));
    }

    /** Updown runs for that Child SA no more. */
    void forget(SaSerial child) {
        updown.forget(child);
    }
}
