// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.PolicyText;
import org.jswan.connection.RoutingState;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Who may have a route and policies, where several connections want the same. */
final class RouteConflicts {
    private final RoutingStates states;

    RouteConflicts(RoutingStates states) {
        this.states = states;
    }

    /** Whether neither the route nor the policies are another's; why not is logged. */
    boolean mayRoute(Connection connection, Logger logger) {
        boolean unknownPeer = !connection.remote().hasClient()
                && connection.kind() == ConnectionKind.TEMPLATE
                && !connection.has(ConnectionPolicy.OPPORTUNISTIC)
                && connection.config().securityLabel().isEmpty();
        if (unknownPeer || connection.remote().client().isEmpty()) {
            logger.log(RcCode.ROUTE, "cannot route template policy of " + PolicyText.of(connection));
            return false;
        }
        Optional<Connection> route = routeOwner(connection);
        if (route.isPresent() && !sameWay(route.get(), connection)) {
            String inUse = "cannot route -- route already in use for " + route.get();
            if (!connection.has(ConnectionPolicy.OPPORTUNISTIC) || isNoStrangers(route.get())) {
                logger.log(RcCode.LOG_SERIOUS, inUse);
                return false;
            }
            logger.log(RcCode.LOG_SERIOUS, inUse + " - but allowing anyway");
        }
        Optional<Connection> owner = states.owners().policies(connection).filter(c -> c != connection);
        if (owner.isEmpty() || owner.get().name().equals(connection.name())) {
            return true;
        }
        if (isPairOfTemplateAndPermanent(connection, owner.get())) {
            handOver(connection, owner.get(), logger);
            return true;
        }
        if (owner.get().has(ConnectionPolicy.OVERLAPIP)
                || connection.has(ConnectionPolicy.OVERLAPIP)
                || connection.config().securityLabel().isPresent()) {
            return true;
        }
        logger.log(
                RcCode.LOG_SERIOUS,
                "cannot install eroute -- it is in use for " + owner.get() + " #"
                        + owner.get().routeOwner().map(SaSerial::value).orElse(0L));
        return false;
    }

    /** Whether a route is in use for a peer that has proven who it is: strangers do not get that. */
    private static boolean isNoStrangers(Connection owner) {
        return owner.routing() == RoutingState.ROUTED_TUNNEL && !owner.has(ConnectionPolicy.OPPORTUNISTIC);
    }

    private static boolean isPairOfTemplateAndPermanent(Connection a, Connection b) {
        return a.kind() == ConnectionKind.TEMPLATE && b.kind() == ConnectionKind.PERMANENT
                || a.kind() == ConnectionKind.PERMANENT && b.kind() == ConnectionKind.TEMPLATE;
    }

    /** The policies are the template's from now on, whichever of the two has them. */
    private void handOver(Connection a, Connection b, Logger logger) {
        Connection template = a.kind() == ConnectionKind.TEMPLATE ? a : b;
        Connection permanent = template == a ? b : a;
        // The brackets hold what tells an instance from its template, which has nothing of the kind.
        logger.log(
                RcCode.LOG_SERIOUS,
                "conflict on eroute (), switching eroute to " + template.name() + " and linking " + permanent.name());
        states.set(permanent, RoutingState.UNROUTED_KEYED, Optional.empty());
        template.setPolicyNext(permanent);
    }

    /** The connection that has the route to the same client, but by another peer or another of our interfaces. */
    Optional<Connection> rival(Connection connection) {
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
        return states.owners().route(connection);
    }

    /** Whether a connection's packets leave by the interface and to the next hop that the route's owner has: so do templates and theirs. */
    static boolean sameWay(Connection owner, Connection connection) {
        return connection.template().equals(Optional.of(owner.serial()))
                || owner.template().equals(Optional.of(connection.serial()))
                || owner.socket()
                                .map(s -> s.interfaceAddress())
                                .equals(connection.socket().map(s -> s.interfaceAddress()))
                        && owner.local().nextHop().equals(connection.local().nextHop());
    }
}
