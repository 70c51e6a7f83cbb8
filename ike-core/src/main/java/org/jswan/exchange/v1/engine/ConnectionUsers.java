// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.connection.Connection;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;

/**
 * Whom XAUTH let in to a connection. Peers that share a secret share an identity, and behind one NAT an address, too: then
 * only this tells them apart.
 */
public final class ConnectionUsers {
    private final SaDatabase sas;

    public ConnectionUsers(SaDatabase sas) {
        this.sas = sas;
    }

    /** Whether SAs of the connection are another user's than the one who came by {@code ike}. */
    public boolean hasOthers(Connection c, IkeSa ike) {
        return users(c, ike).anyMatch(user -> !user.equals(user(ike)));
    }

    /** Whether SAs of the connection are that user's, and none another's. */
    public boolean isOf(Connection c, IkeSa ike) {
        List<Optional<String>> users = users(c, ike).distinct().toList();
        return users.equals(List.of(user(ike)));
    }

    private Stream<Optional<String>> users(Connection c, IkeSa ike) {
        return sas.of(c).stream()
                .filter(sa -> !(sa instanceof IkeSa other) || isLetIn(other))
                .map(Sa::ike)
                .filter(owner -> owner != ike)
                .map(ConnectionUsers::user);
    }

    private static boolean isLetIn(IkeSa ike) {
        return ike.isEstablished() && !ike.phase1().isXauth();
    }

    private static Optional<String> user(IkeSa ike) {
        return ike.phase1().phase15().userName();
    }
}
