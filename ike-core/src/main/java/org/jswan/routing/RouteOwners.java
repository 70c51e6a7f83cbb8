// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;
import org.jswan.kernel.KernelPolicy.Mark;

/**
 * Which connections have routes and policies: several of them may want the same one. However many do, finding whose it is costs
 * the logarithm of that.
 */
final class RouteOwners {
    /** Where packets go: connections that agree in that have one route. */
    private record Way(Selector theirs, Optional<IpAddress> host, int markIn, int markOut) {
        static Optional<Way> of(Connection connection) {
            return connection
                    .remote()
                    .client()
                    .filter(theirs -> connection.isOriented())
                    .map(theirs -> new Way(
                            theirs,
                            connection.local().address(),
                            effective(connection.kernel().markIn()),
                            effective(connection.kernel().markOut())));
        }

        private static int effective(Optional<Mark> mark) {
            return mark.map(m -> m.value() & m.mask()).orElse(0);
        }
    }

    /** The selectors of policies: the kernel has one of each. */
    private record Pair(Way way, Optional<Selector> ours) {}

    /** A connection as it is filed. */
    private record Claim(Connection connection, Pair pair, RoutingState state) {
        /** Who comes first, has what several have a claim to. */
        static final Comparator<Claim> FIRST = Comparator.comparing(Claim::state)
                .thenComparing(claim -> claim.connection().serial())
                .reversed();
    }

    private final Map<Way, NavigableSet<Claim>> byWay = new HashMap<>();
    private final Map<Pair, NavigableSet<Claim>> byPair = new HashMap<>();
    private final Map<ConnectionSerial, Claim> filed = new HashMap<>();

    /** The connection's routing changed, or its ends did. */
    void update(Connection connection) {
        forget(connection);
        Optional<Way> way = connection.routing() == RoutingState.UNROUTED ? Optional.empty() : Way.of(connection);
        way.ifPresent(goes -> {
            Pair pair = new Pair(goes, connection.local().client());
            Claim claim = new Claim(connection, pair, connection.routing());
            filed.put(connection.serial(), claim);
            byWay.computeIfAbsent(goes, w -> new TreeSet<>(Claim.FIRST)).add(claim);
            byPair.computeIfAbsent(pair, p -> new TreeSet<>(Claim.FIRST)).add(claim);
        });
    }

    /** The connection is gone. */
    void forget(Connection connection) {
        Claim old = filed.remove(connection.serial());
        if (old != null) {
            remove(byWay, old.pair().way(), old);
            remove(byPair, old.pair(), old);
        }
    }

    private static <K> void remove(Map<K, NavigableSet<Claim>> map, K key, Claim claim) {
        NavigableSet<Claim> claims = map.get(key);
        claims.remove(claim);
        if (claims.isEmpty()) {
            map.remove(key);
        }
    }

    /** Whose route the one to this connection's remote client is: perhaps its own. */
    Optional<Connection> route(Connection connection) {
        return Optional.of(better(connection, sameWay(connection)))
                .filter(c -> c.routing().isRouted() || isSuperseded(c));
    }

    /** Whose the policies with this connection's selectors are: perhaps its own. */
    Optional<Connection> policies(Connection connection) {
        return Optional.of(better(connection, samePair(connection)))
                .filter(c -> c.routing().hasPolicies());
    }

    private static Connection better(Connection connection, Stream<Connection> others) {
        return others.findFirst()
                .filter(other -> other.routing().compareTo(connection.routing()) > 0)
                .orElse(connection);
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
        return heir(connection, connection.local().client());
    }

    /** The same for policies that are from {@code ours}. */
    Optional<Connection> heir(Connection connection, Optional<Selector> ours) {
        return others(
                        connection,
                        Way.of(connection).map(way -> new Pair(way, ours)).map(byPair::get))
                .filter(other -> other.routing().isRouted())
                .findFirst();
    }

    /** Which of the others has an SA for packets between this connection's selectors. */
    Optional<Connection> twin(Connection connection) {
        return samePair(connection)
                .filter(other -> other.routing().compareTo(RoutingState.ROUTED_TUNNEL) >= 0
                        && other.routeOwner().isPresent())
                .findFirst();
    }

    /** Whether the template's only trap gave way to this connection. */
    boolean eclipses(Connection connection) {
        return connection
                .template()
                .map(filed::get)
                .filter(template -> template.state() == RoutingState.ROUTED_ECLIPSED)
                .filter(template -> pair(connection).equals(Optional.of(template.pair())))
                .isPresent();
    }

    /** Whether packets are translated for another connection's Child SA to the same client. */
    boolean isAnotherTranslated(Connection connection) {
        return sameWay(connection)
                .takeWhile(other -> other.routing().compareTo(RoutingState.ROUTED_TUNNEL) >= 0)
                .anyMatch(other -> other.routing() == RoutingState.ROUTED_TUNNEL
                        && other.local().isTranslated());
    }

    private static Optional<Pair> pair(Connection connection) {
        return Way.of(connection).map(way -> new Pair(way, connection.local().client()));
    }

    /** The others that go there, too. */
    private Stream<Connection> sameWay(Connection connection) {
        return others(connection, Way.of(connection).map(byWay::get));
    }

    /** The others whose policies have the same selectors. */
    private Stream<Connection> samePair(Connection connection) {
        return others(connection, pair(connection).map(byPair::get));
    }

    /** Who comes first, first. */
    private static Stream<Connection> others(Connection connection, Optional<NavigableSet<Claim>> claims) {
        return claims.stream()
                .flatMap(NavigableSet::stream)
                .map(Claim::connection)
                .filter(other -> other != connection);
    }
}
