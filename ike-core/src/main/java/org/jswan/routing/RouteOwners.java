// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;
import org.jswan.kernel.KernelPolicy.Mark;

/** Which connections have routes and policies, by the peer's client: two of them may want the same one. */
final class RouteOwners {
    private final Map<Subnet, Set<Connection>> byRemoteClient = new HashMap<>();
    private final Map<Connection, Subnet> filed = new HashMap<>();

    /** The connection's routing changed, or its clients did. */
    void update(Connection connection) {
        Subnet old = filed.remove(connection);
        if (old != null) {
            byRemoteClient.get(old).remove(connection);
            byRemoteClient.computeIfPresent(old, (k, set) -> set.isEmpty() ? null : set);
        }
        if (connection.routing() != RoutingState.UNROUTED
                && connection.remote().client().isPresent()) {
            Subnet client = connection.remote().client().get().subnet();
            filed.put(connection, client);
            byRemoteClient.computeIfAbsent(client, k -> new HashSet<>()).add(connection);
        }
    }

    /** Whose route the one to this connection's remote client is: perhaps its own. */
    Optional<Connection> route(Connection connection) {
        Connection best = connection;
        for (Connection other : rivals(connection)) {
            if (other.routing().compareTo(best.routing()) > 0) {
                best = other;
            }
        }
        return Optional.of(best).filter(c -> c.routing().isRouted() || isSuperseded(c));
    }

    /** Whose the policies with this connection's selectors are: perhaps its own. */
    Optional<Connection> policies(Connection connection) {
        Connection best = connection;
        for (Connection other : rivals(connection)) {
            if (other.local().client().equals(connection.local().client())
                    && other.routing().compareTo(best.routing()) > 0) {
                best = other;
            }
        }
        return Optional.of(best).filter(c -> c.routing().hasPolicies());
    }

    /** Whether a template took its policies over: the route is still there for both. */
    static boolean isSuperseded(Connection connection) {
        return connection.routing() == RoutingState.UNROUTED_KEYED
                && connection.routeOwner().isEmpty();
    }

    /**
     * Which of the others has a claim to the policies with this connection's selectors when this one's go: who has an SA, or
     * else whose shunt packets would meet.
     */
    Optional<Connection> heir(Connection connection) {
        Connection best = null;
        for (Connection other : rivals(connection)) {
            if (sameClients(other, connection)
                    && other.routing().isRouted()
                    && (best == null || other.routing().compareTo(best.routing()) > 0)) {
                best = other;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Whether the template's only trap gave way to this connection. */
    boolean eclipses(Connection connection) {
        return rivals(connection).stream()
                .anyMatch(other -> other.routing() == RoutingState.ROUTED_ECLIPSED
                        && sameClients(other, connection)
                        && connection.template().equals(Optional.of(other.serial())));
    }

    private static boolean sameClients(Connection a, Connection b) {
        return a.local().client().equals(b.local().client())
                && a.remote().client().equals(b.remote().client());
    }

    /** The others towards the same remote client from the same host, newest first. */
    List<Connection> rivals(Connection connection) {
        Optional<Selector> client = connection.remote().client();
        if (!connection.isOriented() || client.isEmpty()) {
            return List.of();
        }
        return byRemoteClient.getOrDefault(client.get().subnet(), Set.of()).stream()
                .filter(other -> other != connection && other.isOriented())
                .filter(other -> other.remote().client().equals(client))
                .filter(other ->
                        other.local().address().equals(connection.local().address()))
                .filter(other -> sameMarks(other, connection))
                .sorted(Comparator.comparing(Connection::serial).reversed())
                .toList();
    }

    private static boolean sameMarks(Connection a, Connection b) {
        return effective(a.kernel().markIn()) == effective(b.kernel().markIn())
                && effective(a.kernel().markOut()) == effective(b.kernel().markOut());
    }

    private static int effective(Optional<Mark> mark) {
        return mark.map(m -> m.value() & m.mask()).orElse(0);
    }
}
