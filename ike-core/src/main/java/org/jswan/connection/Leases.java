// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.identity.IkeId;
import org.jswan.pool.AddressPool;

/** Gives peers addresses out of the pools of their connections. */
public final class Leases {
    private final boolean uniqueIds;

    /** @param uniqueIds whether an identity is one peer's only: then it gets the address that it had before */
    public Leases(boolean uniqueIds) {
        this.uniqueIds = uniqueIds;
    }

    /**
     * Gives the peer an address of the connection's pool, unless it has one already: that is its client from now on.
     *
     * @return whether there was one left
     */
    public boolean lease(Connection connection) {
        return lease(connection, Optional.empty());
    }

    /**
     * As {@link #lease(Connection)}; what is kept for an identity is kept for one user of it.
     *
     * @param user by whose name XAUTH let the peer in
     */
    public boolean lease(Connection connection, Optional<String> user) {
        if (connection.remote().isLeased() && isHeld(connection)) {
            return true;
        }
        AddressPool pool = connection.pool().orElseThrow();
        IkeId peer = connection.remote().id();
        Optional<IpAddress> address = pool.lease(
                connection.serial(), isKept(connection) ? Optional.of(peer + user.orElse("")) : Optional.empty());
        address.ifPresent(connection.remote()::lease);
        return address.isPresent();
    }

    private static boolean isHeld(Connection connection) {
        return connection.pool().orElseThrow().isHeld(connection.serial(), address(connection));
    }

    private static IpAddress address(Connection connection) {
        return connection
                .remote()
                .client()
                .map(Selector::subnet)
                .map(Subnet::address)
                .orElseThrow();
    }

    /** As libreswan: not for those who share a secret, prove nothing, or have no identity but an address. */
    private boolean isKept(Connection connection) {
        EndConfig peer = connection.remote().config();
        Set<AuthenticationMethod> authby = peer.authby();
        boolean shared = peer.auth() == EndAuthentication.PSK
                || peer.auth() == EndAuthentication.NULL
                || authby.contains(AuthenticationMethod.PSK)
                || authby.contains(AuthenticationMethod.NULL);
        return uniqueIds
                && !shared
                && switch (connection.remote().id().type()) {
                    case NULL, NONE, IPV4_ADDR, IPV6_ADDR -> false;
                    default -> true;
                };
    }

    /** The connection needs no address any more. */
    static void giveBack(Connection connection) {
        if (connection.remote().isLeased()) {
            connection.pool().orElseThrow().giveBack(connection.serial(), address(connection));
            connection.remote().endLease();
        }
    }
}
