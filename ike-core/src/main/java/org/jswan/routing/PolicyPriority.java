// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import org.jswan.base.Selector;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;

/** The kernel's order among policies: a lower number wins. The numbers are the oracle's, so that both sort alike. */
final class PolicyPriority {
    private PolicyPriority() {}

    /**
     * The priority of a connection's policies: the configured one, or from the most important to the least: how static
     * the connection is (2 bits), wildcard ports (2), wildcard protocol (1), prefixes that are shorter than an IPv6
     * address, ours and the peer's (8 each), template (1).
     */
    static int of(Connection connection) {
        return of(connection, false);
    }

    /** The priority of what packets meet while an opportunistic connection is negotiated: before that of its SA. */
    static int ofNegotiation(Connection connection) {
        return of(connection, true);
    }

    private static int of(Connection connection, boolean negotiation) {
        long configured = connection.config().kernel().priority();
        if (configured != 0) {
            return (int) configured;
        }
        if (connection.has(ConnectionPolicy.GROUP)) {
            return 0;
        }
        Selector local = connection.local().client().orElseThrow();
        Selector remote = connection.remote().client().orElseThrow();
        int priority = base(connection);
        priority = priority << 2 | (local.port() == 0 ? 1 : 0) + (remote.port() == 0 ? 1 : 0);
        priority = priority << 1 | (local.protocol() == 0 ? 1 : 0);
        priority = priority << 8 | 128 - local.subnet().prefixLength();
        priority = priority << 8 | (negotiation ? 0 : 128 - remote.subnet().prefixLength());
        return priority << 1 | (connection.kind() == ConnectionKind.INSTANCE ? 0 : 1);
    }

    private static int base(Connection connection) {
        if (!connection.has(ConnectionPolicy.GROUPINSTANCE)) {
            return 1;
        }
        return connection.remote().config().authby().contains(AuthenticationMethod.NULL) ? 3 : 2;
    }
}
