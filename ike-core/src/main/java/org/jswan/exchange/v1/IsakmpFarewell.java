// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;

/** What the end of an SA means to the peer and to other SAs. Deletes go by any ISAKMP SA that is up. */
final class IsakmpFarewell implements Lifecycle.Farewell {
    private final Context context;
    private final Notifications notifications;
    private final IsakmpTimers timers;
    private final Function<Connection, Optional<IkeSa>> established;

    /** @param established the ISAKMP SA that is up between the ends of a connection */
    IsakmpFarewell(
            Context context,
            Notifications notifications,
            IsakmpTimers timers,
            Function<Connection, Optional<IkeSa>> established) {
        this.context = context;
        this.notifications = notifications;
        this.timers = timers;
        this.established = established;
    }

    @Override
    public void isakmp(IkeSa ike) {
        notifications.delete(ike);
    }

    @Override
    public void ipsec(ChildSa child) {
        carrier(child).ifPresent(ike -> notifications.delete(ike, child));
    }

    private Optional<IkeSa> carrier(ChildSa child) {
        IkeSa own = child.ike();
        return context.sas().isAlive(own) && own.isEstablished()
                ? Optional.of(own)
                : established.apply(child.connection());
    }

    /** As libreswan: what has a successor already, or is not wanted any more, ends. */
    @Override
    public void orphan(IkeSa ike) {
        for (ChildSa child : List.copyOf(ike.children())) {
            if (child.isEstablished()) {
                continue;
            }
            boolean wanted = isWanted(child);
            child.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            (wanted ? "reschedule" : "expire") + " pending IPsec SA - the ISAKMP SA " + ike.serial()
                                    + " is going away");
            child.logger().detachAll();
            if (wanted) {
                timers.replaceSoon(child);
            } else {
                timers.expireSoon(child);
            }
        }
    }

    private static boolean isWanted(ChildSa child) {
        Connection c = child.connection();
        return c.has(ConnectionPolicy.UP)
                && !c.has(ConnectionPolicy.DONT_REKEY)
                && c.newestChild()
                        .filter(newest -> newest.value() > child.serial().value())
                        .isEmpty();
    }

    @Override
    public void forgo(Connection c) {
        if (!c.isOriented()) {
            return;
        }
        context.connections()
                .findByHosts(c.local().address().orElseThrow(), c.remote().address())
                .forEach(sharing -> context.sas().of(sharing).forEach(sa -> {
                    if (sa instanceof IkeSa ike) {
                        ike.forgo(c);
                    }
                }));
    }
}
