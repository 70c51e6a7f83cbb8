// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.ConnectionUsers;
import org.jswan.sa.IkeSa;

/**
 * Has each user of XAUTH on an instance of their own. Members of a group behind one NAT look alike until then: libreswan
 * leaves them on one instance, where the one who comes later gets the address of the one before, and ends that one's tunnel.
 */
final class OwnInstance {
    private final Context context;
    private final ConnectionUsers users;

    OwnInstance(Context context) {
        this.context = context;
        this.users = new ConnectionUsers(context.sas());
    }

    /** The user is known: from now on the ISAKMP SA is on their connection. */
    Connection take(IkeSa ike) {
        Connection c = ike.connection();
        if (users.hasOthers(c, ike)) {
            usedBefore(ike).or(() -> make(ike)).ifPresent(own -> {
                ike.logger().log("switched to " + own);
                context.lifecycle().switchTo(ike, own);
            });
        }
        return ike.connection();
    }

    private Optional<Connection> usedBefore(IkeSa ike) {
        Connection c = ike.connection();
        return context.connections().findSamePeer(c).stream()
                .filter(other -> other.remote().address().equals(c.remote().address())
                        && other.socket().equals(c.socket())
                        && users.isOf(other, ike))
                .findFirst();
    }

    private Optional<Connection> make(IkeSa ike) {
        Connection c = ike.connection();
        return c.template().flatMap(context.connections()::find).map(template -> context.instances()
                .make(
                        template,
                        Optional.of(ike.remote().address()),
                        Optional.of(c.remote().id())));
    }
}
