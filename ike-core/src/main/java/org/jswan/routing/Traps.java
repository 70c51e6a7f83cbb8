// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;
import org.jswan.log.Logger;

/** Makes connections wait for packets, and ends that. To be asked within an operation of {@link Routing}. */
final class Traps {
    private final RoutingStates states;
    private final RouteConflicts conflicts;
    private final Routes routes;
    private final Shunts shunts;
    private final Heirs heirs;
    private final LabelledPolicies labelled;

    Traps(
            RoutingStates states,
            RouteConflicts conflicts,
            Routes routes,
            Shunts shunts,
            Heirs heirs,
            LabelledPolicies labelled) {
        this.states = states;
        this.conflicts = conflicts;
        this.routes = routes;
        this.shunts = shunts;
        this.heirs = heirs;
        this.labelled = labelled;
    }

    /** See {@link Routing#trap}. */
    void install(Connection connection, Consumer<Boolean> done) {
        if (!conflicts.mayRoute(connection, connection.logger())) {
            done.accept(false);
        } else if (connection.config().isLabelled()) {
            installLabelled(connection, connection.logger(), done);
        } else if (RoutingTable.step(RoutingEvent.TRAP, connection) == RoutingTable.Step.NOTHING) {
            done.accept(true);
        } else {
            installShunt(connection, done);
        }
    }

    private void installShunt(Connection connection, Consumer<Boolean> done) {
        boolean covered = heirs.isCovered(connection);
        if (!covered && !shunts.install(connection)) {
            done.accept(false);
            return;
        }
        routes.give(connection, Optional.empty(), connection.logger(), ok -> {
            if (ok) {
                shunts.takeOver(connection);
                states.set(connection, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
                done.accept(true);
                return;
            }
            routes.script(connection, "down", Optional.empty(), connection.logger(), down -> {
                if (!covered) {
                    shunts.undo(connection);
                }
                done.accept(false);
            });
        });
    }

    /** See {@link Routing#routeLabels}. */
    void installLabelled(Connection connection, Logger logger, Consumer<Boolean> done) {
        if (connection.routing() != RoutingState.UNROUTED) {
            done.accept(true);
            return;
        }
        if (!labelled.install(connection, logger)) {
            done.accept(false);
            return;
        }
        routes.make(connection, Optional.empty(), logger, routed -> {
            if (routed) {
                states.set(connection, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
                done.accept(true);
                return;
            }
            routes.script(connection, "down", Optional.empty(), logger, down -> {
                labelled.remove(connection, logger);
                done.accept(false);
            });
        });
    }

    /** See {@link Routing#untrap}. */
    void remove(Connection connection, Consumer<Boolean> done) {
        if (RouteOwners.isSuperseded(connection)) {
            // Policies and route are the template's.
            states.set(connection, RoutingState.UNROUTED, Optional.empty());
            done.accept(true);
            return;
        }
        switch (RoutingTable.step(RoutingEvent.UNTRAP, connection)) {
            case REFUSED -> done.accept(false);
            case NOTHING -> done.accept(true);
            case REMOVE_ROUTE -> routes.drop(connection, true, () -> done.accept(true));
            default -> removeShunt(connection, done);
        }
    }

    private void removeShunt(Connection connection, Consumer<Boolean> done) {
        if (!heirs.isCovered(connection)) {
            shunts.remove(connection);
        }
        routes.drop(connection, connection.routing().isRouted(), () -> done.accept(true));
    }
}
