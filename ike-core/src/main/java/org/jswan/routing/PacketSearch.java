// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;

/**
 * Finds the connection that a packet is for among those that wait for packets. They are filed by the peer's client, so that
 * a search costs as much as there are lengths of prefixes, and not as there are connections.
 */
final class PacketSearch {
    private final Map<Integer, Map<Subnet, Set<Connection>>> byLength = new TreeMap<>();
    private final Map<Connection, Subnet> filed = new HashMap<>();

    /** The connection's routing changed, or its clients did. */
    void update(Connection connection) {
        forget(connection);
        if (connection.routing().isRouted() && connection.remote().client().isPresent()) {
            Subnet client = connection.remote().client().get().subnet();
            filed.put(connection, client);
            byLength.computeIfAbsent(client.prefixLength(), l -> new HashMap<>())
                    .computeIfAbsent(client, s -> new HashSet<>())
                    .add(connection);
        }
    }

    /** The connection is gone. */
    void forget(Connection connection) {
        Subnet old = filed.remove(connection);
        if (old == null) {
            return;
        }
        Map<Subnet, Set<Connection>> sameLength = byLength.get(old.prefixLength());
        Set<Connection> sameClient = sameLength.get(old);
        sameClient.remove(connection);
        if (sameClient.isEmpty()) {
            sameLength.remove(old);
        }
        if (sameLength.isEmpty()) {
            byLength.remove(old.prefixLength());
        }
    }

    /** The longest prefixes win, then the most exact ports and protocol, then the newest. */
    Optional<Connection> find(Selector source, Selector destination) {
        Connection best = null;
        long bestScore = 0;
        for (Map.Entry<Integer, Map<Subnet, Set<Connection>>> sameLength : byLength.entrySet()) {
            if (sameLength.getKey() > destination.subnet().prefixLength()) {
                break;
            }
            Subnet client =
                    new Subnet(destination.subnet().address().network(sameLength.getKey()), sameLength.getKey());
            for (Connection candidate : sameLength.getValue().getOrDefault(client, Set.of())) {
                if (!fits(candidate, source, destination)) {
                    continue;
                }
                long score = score(candidate, source, destination);
                if (best == null || score > bestScore || score == bestScore && NEWER.compare(candidate, best) > 0) {
                    best = candidate;
                    bestScore = score;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static final Comparator<Connection> NEWER = Comparator.comparing(Connection::serial);

    private static boolean fits(Connection candidate, Selector source, Selector destination) {
        return candidate.kind() != ConnectionKind.GROUP
                && candidate.local().client().filter(c -> c.contains(source)).isPresent()
                && candidate
                        .remote()
                        .client()
                        .filter(c -> c.contains(destination))
                        .isPresent();
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
