// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jswan.base.Subnet;

/**
 * Connections by a network of each: those whose network an address is in are found at a cost that depends on how many lengths
 * of prefixes there are, and not on how many connections.
 */
public final class NetworkIndex {
    private final Map<Integer, Map<Subnet, Set<Connection>>> byLength = new TreeMap<>();
    private final Map<Connection, Subnet> filed = new HashMap<>();

    /** Files the connection under that network alone. */
    public void put(Connection connection, Subnet network) {
        remove(connection);
        filed.put(connection, network);
        byLength.computeIfAbsent(network.prefixLength(), l -> new HashMap<>())
                .computeIfAbsent(network, s -> new LinkedHashSet<>())
                .add(connection);
    }

    /** Nothing happens if it is not filed. */
    public void remove(Connection connection) {
        Subnet network = filed.remove(connection);
        if (network == null) {
            return;
        }
        Map<Subnet, Set<Connection>> sameLength = byLength.get(network.prefixLength());
        Set<Connection> sameNetwork = sameLength.get(network);
        sameNetwork.remove(connection);
        if (sameNetwork.isEmpty()) {
            sameLength.remove(network);
        }
        if (sameLength.isEmpty()) {
            byLength.remove(network.prefixLength());
        }
    }

    /** Those whose network has all of {@code inner} in it, the widest networks first. */
    public List<Connection> around(Subnet inner) {
        List<Connection> found = new ArrayList<>();
        for (Map.Entry<Integer, Map<Subnet, Set<Connection>>> sameLength : byLength.entrySet()) {
            int length = sameLength.getKey();
            if (length > inner.prefixLength()) {
                break;
            }
            Subnet network = new Subnet(inner.address().network(length), length);
            found.addAll(sameLength.getValue().getOrDefault(network, Set.of()));
        }
        return found;
    }

    /** All of them. */
    public Set<Connection> all() {
        return filed.keySet();
    }
}
