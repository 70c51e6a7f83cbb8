// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionEnd;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.RoutingState;
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
        return begin(connections.addInstance(template), peer, id);
    }

    private Connection begin(Connection instance, Optional<IpAddress> peer, Optional<IkeId> id) {
        peer.ifPresent(instance::setRemoteAddress);
        instance.settlePrefixLengths();
        id.ifPresent(instance.remote()::setId);
        connections.rehash(instance);
        return instance;
    }

    /** An instance for packets with that label. */
    public Connection labelled(Connection template, IpAddress peer, SecurityLabel label) {
        Connection instance = make(template, Optional.of(peer), Optional.empty());
        instance.limitTo(label);
        return instance;
    }

    /**
     * An instance of a template of opportunistic encryption, for one host of ours and one of the peers: each is its own
     * client, by the protocols and ports of the template.
     *
     * @param here our host, or one behind us
     */
    public Connection opportunistic(Connection template, IpAddress here, IpAddress there) {
        return opportunistic(template, here, there, Connection::mayBeginByTraffic);
    }

    private Connection opportunistic(
            Connection template, IpAddress here, IpAddress there, Predicate<Connection> crossing) {
        // Where both ends begin at once there are two pairs of SAs for the same packets, and each end sends by what is
        // up last.
        Connection instance = begin(
                negotiating(template, here, there)
                        .filter(crossing)
                        .map(other -> connections.addTwin(template, other))
                        .orElseGet(() -> connections.addInstance(template)),
                Optional.of(there),
                Optional.empty());
        Selector theirs = template.remote().client().orElseThrow();
        instance.remote().limitTo(new Selector(Subnet.host(there), theirs.protocol(), theirs.port()));
        instance.settlePrefixLengths();
        ConnectionEnd local = instance.local();
        Selector ours = template.local().client().orElseThrow();
        if (local.hasClient() && !ours.subnet().contains(here)) {
            // Ours is behind a port that is forwarded to us.
            local.setClient(new Selector(ours.subnet(), ours.protocol(), 0));
        } else {
            local.setClient(new Selector(Subnet.host(here), ours.protocol(), ours.port()));
        }
        return instance;
    }

    /** The instance of the template for those hosts that has no SA as yet. */
    private Optional<Connection> negotiating(Connection template, IpAddress here, IpAddress there) {
        Subnet us = Subnet.host(here);
        return connections.findByHosts(template.local().address().orElseThrow(), Optional.of(there)).stream()
                .filter(c -> c.template().equals(Optional.of(template.serial()))
                        && c.newestChild().isEmpty()
                        && c.local()
                                .client()
                                .filter(ours -> ours.subnet().equals(us))
                                .isPresent())
                .findFirst();
    }

    /**
     * The same because of a packet: the policy of a template for one host is the instance's. Further packets are, too, and no
     * reason for another. (What a stranger begins must not keep us from beginning.)
     */
    Connection forTraffic(Connection template, IpAddress here, IpAddress there) {
        routing.states().eclipse(template);
        Connection instance = opportunistic(template, here, there, other -> true);
        if (template.routing() == RoutingState.ROUTED_ECLIPSED) {
            routing.states().set(instance, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
        }
        routing.states().await(instance);
        return instance;
    }

    /**
     * Nothing uses the instance any more: its route and policies go, then it goes itself, after all that is to be done before.
     *
     * @param speaking whoever it speaks to hears of it
     */
    public void unmake(Connection instance, Logger speaking) {
        // Now, for it may go because its peer came back, which then gets the address that it had.
        connections.endLease(instance);
        // Whoever asked for the end of the SAs has left the instance by then.
        Logger last = instance.logger().fork();
        last.attachAll(speaking);
        routing.exclusively(release -> {
            if (!instance.has(ConnectionPolicy.OPPORTUNISTIC)) {
                sayDeleting(instance, last);
            }
            instance.setLeaving();
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
