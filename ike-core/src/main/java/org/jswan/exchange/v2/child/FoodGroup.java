// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.v2.child.TrafficSelection.Fit;
import org.jswan.exchange.v2.child.TrafficSelection.Match;
import org.jswan.wire.v2.TsPayload;

/**
 * The members of a policy group. A peer is answered by one of them before it is known what it wants; several may name the
 * same hosts, for other protocols and ports.
 */
final class FoodGroup {
    private FoodGroup() {}

    /** A member, and what a peer wants of it. */
    record Sibling(Connection template, Match match) {}

    /**
     * The newest other member of the instance's group that protects exactly what the peer names.
     *
     * @param newestFirst those that may be for such a peer
     */
    static Optional<Sibling> match(Connection instance, List<Connection> newestFirst, TsPayload tsi, TsPayload tsr) {
        if (instance.kind() != ConnectionKind.INSTANCE || !instance.has(ConnectionPolicy.GROUPINSTANCE)) {
            return Optional.empty();
        }
        return newestFirst.stream()
                .filter(c -> isSibling(instance, c))
                .flatMap(c -> TrafficSelection.match(tsi, client(c.remote()), tsr, client(c.local()), Fit.EQUAL)
                        .map(match -> new Sibling(c, match))
                        .stream())
                .findFirst();
    }

    private static boolean isSibling(Connection instance, Connection template) {
        return template.kind() == ConnectionKind.TEMPLATE
                && template.has(ConnectionPolicy.GROUPINSTANCE)
                && template.foodGroup().equals(instance.foodGroup())
                && !template.name().equals(instance.name())
                && template.remote().client().isPresent()
                && template.local().client().isPresent()
                && client(template.remote()).contains(client(instance.remote()))
                && address(template.local()).equals(address(instance.local()));
    }

    private static Selector client(ConnectionEnd end) {
        return end.client().orElseThrow();
    }

    private static IpAddress address(ConnectionEnd end) {
        return client(end).subnet().address();
    }
}
