// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.conf.HostType;
import org.jswan.net.Network;
import org.jswan.net.Network.Route;

/**
 * Puts addresses in the place of {@code %defaultroute}: first the gateway of the default route for {@code leftnexthop=},
 * then the address that packets to it, or to the peer, would have. What cannot be resolved stays as it is.
 */
final class DefaultRoutes {
    private final Optional<Network> network;
    private final Map<String, IpAddress> hosts;
    private final Consumer<String> verbose;

    /**
     * @param hosts addresses of the peers that are given by name
     * @param verbose what is done, for those who want to know
     */
    DefaultRoutes(Optional<Network> network, Map<String, IpAddress> hosts, Consumer<String> verbose) {
        this.network = network;
        this.hosts = hosts;
        this.verbose = verbose;
    }

    /** Both ends of a conn. */
    record Ends(EndRoute left, EndRoute right) {}

    Ends resolve(Conn conn) {
        EndRoute left = EndRoute.configured(conn.left());
        EndRoute right = EndRoute.configured(conn.right());
        left = resolve(conn.left(), left, conn.right(), right);
        right = resolve(conn.right(), right, conn.left(), left);
        return new Ends(left, right);
    }

    private EndRoute resolve(ConnEnd end, EndRoute host, ConnEnd peerEnd, EndRoute peer) {
        verbose.accept("resolving family=" + end.hostFamily() + " src=" + shown(end, host) + " gateway="
                + shownGateway(host) + " peer " + shown(peerEnd, peer));
        boolean wantsGateway = host.nextHopType() == ConnEnd.NextHop.DEFAULT_ROUTE;
        verbose.accept("  seeking "
                + (wantsGateway ? "GATEWAY" : host.type() == HostType.DEFAULT_ROUTE ? "PREFSRC" : "NOTHING"));
        if ((!wantsGateway && host.type() != HostType.DEFAULT_ROUTE) || isUnknownName(peerEnd, peer)) {
            return host;
        }
        EndRoute resolved = host;
        if (wantsGateway) {
            Optional<IpAddress> gateway = route(IpAddress.any(end.hostFamily())).flatMap(Route::gateway);
            if (gateway.isEmpty()) {
                return told(end, host, "failure");
            }
            resolved = told(end, host.withGateway(gateway.get()), "please-call-again");
        }
        if (resolved.type() == HostType.DEFAULT_ROUTE) {
            Optional<IpAddress> source =
                    route(destination(end, resolved, peerEnd, peer)).map(Route::source);
            if (source.isEmpty()) {
                return told(end, resolved, "failure");
            }
            resolved = told(end, resolved.withAddress(source.get()), "success");
        }
        return resolved;
    }

    /** The address whose route tells our own; the unspecified one for the default route. */
    private IpAddress destination(ConnEnd end, EndRoute host, ConnEnd peerEnd, EndRoute peer) {
        Optional<IpAddress> gateway = host.nextHopType() == ConnEnd.NextHop.ADDRESS ? host.nextHop() : Optional.empty();
        // As the oracle: not for IPv6, where a link-local gateway would give a link-local source.
        if (gateway.isPresent() && end.hostFamily() == AddressFamily.IPV4) {
            return gateway.get();
        }
        if (peer.type() == HostType.ADDRESS && peer.address().isPresent()) {
            return peer.address().get();
        }
        if (peer.type() == HostType.NAME) {
            return hosts.get(peerEnd.hostText().orElse(""));
        }
        boolean group = peer.type() == HostType.GROUP || peer.type() == HostType.OPPORTUNISTIC_GROUP;
        return gateway.filter(g -> group).orElse(IpAddress.any(end.hostFamily()));
    }

    private boolean isUnknownName(ConnEnd peerEnd, EndRoute peer) {
        return peer.type() == HostType.NAME
                && !hosts.containsKey(peerEnd.hostText().orElse(""));
    }

    private Optional<Route> route(IpAddress destination) {
        if (network.isEmpty()) {
            return Optional.empty();
        }
        try {
            return network.get().route(destination);
        } catch (IOException e) {
            verbose.accept("    " + e.getMessage());
            return Optional.empty();
        }
    }

    private EndRoute told(ConnEnd end, EndRoute host, String what) {
        verbose.accept("  " + what + ": src=" + shown(end, host) + " gateway=" + shownGateway(host));
        return host;
    }

    private static String shown(ConnEnd end, EndRoute host) {
        return switch (host.type()) {
            case NOT_SET -> "<not-set>";
            case DEFAULT_ROUTE -> "<defaultroute>";
            case ANY -> "<any>";
            case INTERFACE, NAME -> end.hostText().orElse("");
            case OPPORTUNISTIC -> "<oppo>";
            case OPPORTUNISTIC_GROUP -> "<oppogroup>";
            case GROUP -> "<group>";
            case ADDRESS -> host.address().map(IpAddress::toString).orElse("");
            case UNKNOWN -> "<other>";
        };
    }

    private static String shownGateway(EndRoute host) {
        return switch (host.nextHopType()) {
            case NOT_SET -> "<not-set>";
            case DEFAULT_ROUTE -> "<defaultroute>";
            case ADDRESS -> host.nextHop().map(IpAddress::toString).orElse("<unset-address>");
        };
    }
}
