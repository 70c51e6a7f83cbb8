// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.PolicyText;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Who may have a route and policies, where several connections want the same. */
final class RouteConflicts {
    private final RouteOwners owners;

    RouteConflicts(RouteOwners owners) {
        this.owners = owners;
    }

    /** Whether neither the route nor the policies are another's; why not is logged. */
    boolean mayRoute(Connection connection, Logger logger) {
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
                            + policies.get().routeOwner().map(SaSerial::value).orElse(0L));
            return false;
        }
        return true;
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
        return owners.route(connection);
    }

    /** Whether two connections' packets leave by the same interface to the same next hop. */
    static boolean sameWay(Connection a, Connection b) {
        return a.socket().map(s -> s.interfaceAddress()).equals(b.socket().map(s -> s.interfaceAddress()))
                && a.local().nextHop().equals(b.local().nextHop());
    }
}
