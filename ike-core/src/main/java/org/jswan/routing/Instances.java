// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.identity.IkeId;
import org.jswan.log.Logger;

/** Makes an instance of a template for each peer, and unmakes it when nothing uses it any more. */
public final class Instances {
    private final ConnectionDatabase connections;
    private final Routing routing;

    public Instances(ConnectionDatabase connections, Routing routing) {
        this.connections = connections;
        this.routing = routing;
    }

    /**
     * An instance with the template's orientation, not routed.
     *
     * @param peer where the peer is; empty if the template knows
     * @param id who the peer says it is; empty if that is not known yet
     */
    public Connection make(Connection template, Optional<IpAddress> peer, Optional<IkeId> id) {
        Connection instance = connections.addInstance(template);
        peer.ifPresent(instance::setRemoteAddress);
        instance.settlePrefixLengths();
        id.ifPresent(instance.remote()::setId);
        connections.rehash(instance);
        return instance;
    }

    /**
     * Nothing uses the instance any more: its route and policies go, then it goes itself, after all that is to be done before.
     *
     * @param speaking whoever it speaks to hears of it
     */
    public void unmake(Connection instance, Logger speaking) {
        // Whoever asked for the end of the SAs has left the instance by then.
        Logger last = instance.logger().fork();
        last.attachAll(speaking);
        routing.exclusively(release -> {
            if (!instance.has(ConnectionPolicy.OPPORTUNISTIC)) {
                sayDeleting(instance, last);
            }
            last.detachAll();
            instance.logger().detachAll();
            release.run();
        });
        routing.untrap(instance, gone -> connections.remove(instance));
    }

    static void sayDeleting(Connection instance, Logger logger) {
        logger.log("deleting connection instance with peer "
                + instance.remote()
                        .address()
                        .orElseGet(() -> IpAddress.any(instance.config().hostFamily()))
                + " {isakmp=#" + number(instance.newestIke()) + "/ipsec=#" + number(instance.newestChild())
                + "}");
    }

    private static long number(Optional<SaSerial> serial) {
        return serial.map(SaSerial::value).orElse(0L);
    }
}
