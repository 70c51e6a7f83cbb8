// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jswan.connection.Connection;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Phase15;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V1State;

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
        List<User> users = users(c, ike).distinct().toList();
        return users.equals(List.of(user(ike)));
    }

    private Stream<User> users(Connection c, IkeSa ike) {
        return sas.of(c).stream()
                .filter(sa -> !(sa instanceof IkeSa other) || isJudged(other))
                .map(Sa::ike)
                .filter(owner -> owner != ike)
                .map(ConnectionUsers::user);
    }

    private static boolean isLetIn(IkeSa ike) {
        return ike.isEstablished() && !ike.phase1().isXauth();
    }

    /** Whether its user is let in, or only has to hear so. */
    private static boolean isJudged(IkeSa ike) {
        return isLetIn(ike) || ike.state() == V1State.XAUTH_R1;
    }

    private static User user(IkeSa ike) {
        Phase15 phase15 = ike.phase1().phase15();
        return new User(phase15.userName(), phase15.isAdmittedSoftly());
    }

    /**
     * Whether who came by {@code ike} may have an end put to an SA: where users are let in, to its own, and to none but that
     * very one before it was let in itself.
     */
    public static boolean mayEnd(IkeSa ike, Sa sa) {
        boolean asked = isAsked(ike.connection());
        return sa == ike
                || asked == isAsked(sa.connection())
                        && (!asked || isLetIn(ike) && user(ike).equals(user(sa.ike())));
    }

    private static boolean isAsked(Connection c) {
        return c.local().config().xauth().server();
    }

    /**
     * Whether what the connection needs may go by an ISAKMP SA between the same ends: not by one whose user is not let in yet, or
     * is not the connection's.
     */
    public boolean mayCarry(IkeSa ike, Connection c) {
        return !isAsked(ike.connection()) || !ike.isEstablished() || isLetIn(ike) && !hasOthers(c, ike);
    }

    /** @param softly whether the password was wrong: then anybody may have said the name */
    private record User(Optional<String> name, boolean softly) {}
}
