// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;

/** What of a connection matters to its routing. */
enum RoutingKind {
    /** It has shunts, but never SAs. */
    NEVER,
    /** Its packets go from one address to one. */
    HOST,
    /** Its packets are those of networks. */
    NETWORK,
    /** An instance of which nothing stays when its SA goes. */
    PASSING;

    static RoutingKind of(Connection connection) {
        if (connection.config().neverNegotiates()) {
            return NEVER;
        }
        if (connection.kind() == ConnectionKind.INSTANCE
                && (connection.has(ConnectionPolicy.OPPORTUNISTIC) || connection.has(ConnectionPolicy.DONT_REKEY))) {
            return PASSING;
        }
        return isBetweenHosts(connection) ? HOST : NETWORK;
    }

    private static boolean isBetweenHosts(Connection connection) {
        return connection.local().client().filter(c -> c.subnet().isHost()).isPresent()
                && connection.remote().client().filter(c -> c.subnet().isHost()).isPresent();
    }
}
