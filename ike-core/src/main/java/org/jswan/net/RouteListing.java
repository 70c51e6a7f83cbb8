// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.IpAddress;
import org.jswan.net.Whereabouts.Route;

/**
 * What the system answers about routes, in its order.
 *
 * @param octets how long the answer was; 0 if it did not come in octets
 */
public record RouteListing(int octets, List<Entry> entries) {
    /** The table that {@code ip route} shows. */
    public static final int MAIN_TABLE = 254;

    public RouteListing {
        entries = List.copyOf(entries);
    }

    /** That of a system that tells of one route only. */
    public static RouteListing of(Optional<Route> route, Optional<IpAddress> destination) {
        return new RouteListing(
                0, route.map(r -> Entry.of(r, destination)).stream().toList());
    }

    /**
     * A route.
     *
     * @param told what the system said about it, one thing a line, for those who want to know
     * @param source the packets it is for, by where they come from
     * @param preferredSource the address that packets leave with
     * @param destination the packets it is for; empty: the default route
     * @param interfaceName "" if none was told
     * @param facts what else is known of it, for those who want to know: words with a blank before each
     */
    public record Entry(
            List<String> told,
            Optional<IpAddress> source,
            Optional<IpAddress> preferredSource,
            Optional<IpAddress> gateway,
            Optional<IpAddress> destination,
            String interfaceName,
            OptionalInt priority,
            OptionalInt preference,
            int table,
            String facts) {
        public Entry {
            told = List.copyOf(told);
        }

        private static Entry of(Route route, Optional<IpAddress> destination) {
            return new Entry(
                    List.of(),
                    Optional.empty(),
                    Optional.of(route.source()),
                    route.gateway(),
                    destination,
                    route.interfaceName(),
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    MAIN_TABLE,
                    "");
        }
    }
}
