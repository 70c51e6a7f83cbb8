// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.Optional;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig.ModeConfig;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.EndAuthentication;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.ConnectionUsers;
import org.jswan.identity.IkeId;
import org.jswan.identity.SecretStore;
import org.jswan.sa.IkeSa;

/**
 * Which connections beside its own a peer may reach by Quick Mode: those by which it could have come in with what it has
 * proven. libreswan looks at identities only, which whoever shares a secret may choose.
 */
final class SameProof {
    private final Context context;
    private final ConnectionUsers users;

    SameProof(Context context) {
        this.context = context;
        this.users = new ConnectionUsers(context.sas());
    }

    /** Whether what led to the ISAKMP SA is enough for the connection, too; one that none may have stands in the way of all. */
    boolean suffices(IkeSa ike, Connection c) {
        Connection current = ike.connection();
        return c == current
                || c.config().neverNegotiates()
                || isAuthenticated(ike, c) && isUser(current, c) && isOwn(ike, c);
    }

    /** Whether SAs of a connection are of another user than who came by {@code ike}. */
    boolean isAnotherUsers(IkeSa ike, Connection c) {
        return users.hasOthers(c, ike);
    }

    private boolean isAuthenticated(IkeSa ike, Connection c) {
        EndAuthentication auth = c.remote().config().auth();
        return ike.phase1().isBySignatures()
                ? auth == EndAuthentication.RSASIG
                : auth == EndAuthentication.PSK && hasSameKey(ike, c);
    }

    private boolean hasSameKey(IkeSa ike, Connection c) {
        Optional<Secret> used = ike.phase1().presharedKey();
        SecretStore secrets = context.secrets().get();
        IkeId local = c.local().id();
        IkeId peer = c.remote().id();
        boolean anybody = peer.isAny() || peer.hasWildcards();
        return secrets.psk(local, peer).equals(used)
                || anybody && secrets.psk(local, ike.connection().remote().id()).equals(used);
    }

    /** Where a user is asked for, one was, in the same way. */
    private static boolean isUser(Connection current, Connection c) {
        ModeConfig asked = current.config().modeConfig();
        ModeConfig asks = c.config().modeConfig();
        return !c.local().config().xauth().server()
                || current.local().config().xauth().server()
                        && asked.xauthBy() == asks.xauthBy()
                        && asked.xauthFailure() == asks.xauthFailure();
    }

    /** An instance is one peer's. */
    private boolean isOwn(IkeSa ike, Connection c) {
        boolean samePeer = c.kind() != ConnectionKind.INSTANCE
                || c.remote().id().sameAs(ike.connection().remote().id());
        return samePeer && !users.hasOthers(c, ike);
    }
}
