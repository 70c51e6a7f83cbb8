// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.NetworkIndex;

/** Finds the connection that a packet is for among those that wait for packets, which are filed by the peer's client. */
final class PacketSearch {
    private final NetworkIndex waiting = new NetworkIndex();

    /** The connection's routing changed, or its clients did. */
    void update(Connection connection) {
        boolean waits = connection.routing().isRouted() || connection.mayBeginByTraffic();
        if (waits && connection.remote().client().isPresent()) {
            waiting.put(connection, connection.remote().client().get().subnet());
        } else {
            forget(connection);
        }
    }

    /** The connection is gone. */
    void forget(Connection connection) {
        waiting.remove(connection);
    }

    /** The longest prefixes win, then the most exact ports and protocol, then the newest. */
    Optional<Connection> find(Selector source, Selector destination, Predicate<Connection> admissible) {
        return candidates(source, destination).stream()
                .filter(admissible)
                .max(Comparator.<Connection>comparingLong(c -> score(c, source, destination))
                        .thenComparing(Connection::serial));
    }

    /**
     * The template for a packet that makes instances of its own for each peer.
     *
     * @return empty if there is none, or what never negotiates comes before it
     */
    Optional<Connection> findOpportunistic(Selector source, Selector destination) {
        return candidates(source, destination).stream()
                .filter(c -> c.isOriented()
                        && c.routing().isRouted()
                        && c.remote().address().isEmpty())
                .sorted(Comparator.comparing(Connection::serial).reversed())
                .reduce((best, next) -> isNarrower(best, next) ? best : next)
                .filter(c -> c.has(ConnectionPolicy.OPPORTUNISTIC)
                        && c.kind() == ConnectionKind.TEMPLATE
                        && !c.config().neverNegotiates());
    }

    /** By our client, then by the peer's. */
    private static boolean isNarrower(Connection a, Connection b) {
        Selector ours = a.local().client().orElseThrow();
        Selector othersOurs = b.local().client().orElseThrow();
        return isWithin(ours, othersOurs)
                || ours.equals(othersOurs)
                        && isWithin(
                                a.remote().client().orElseThrow(),
                                b.remote().client().orElseThrow());
    }

    private static boolean isWithin(Selector inner, Selector outer) {
        return outer.contains(inner) && !outer.equals(inner);
    }

    private List<Connection> candidates(Selector source, Selector destination) {
        return waiting.around(destination.subnet()).stream()
                .filter(c -> fits(c, source, destination))
                .toList();
    }

    private static boolean fits(Connection candidate, Selector source, Selector destination) {
        return candidate.kind() != ConnectionKind.GROUP
                && candidate.local().client().filter(c -> covers(c, source)).isPresent()
                && candidate
                        .remote()
                        .client()
                        .filter(c -> covers(c, destination))
                        .isPresent();
    }

    /** PF_KEY tells only the packet's addresses. */
    private static boolean covers(Selector client, Selector packet) {
        return client.contains(packet)
                || packet.protocol() == 0 && client.subnet().contains(packet.subnet());
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
}
