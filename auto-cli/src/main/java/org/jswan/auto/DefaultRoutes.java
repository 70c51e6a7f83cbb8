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
import org.jswan.net.RouteListing;
import org.jswan.net.Whereabouts;

/**
 * Puts addresses in the place of {@code %defaultroute}: first the gateway of the default route for {@code leftnexthop=},
 * then the address that packets to it, or to the peer, would have. What cannot be resolved stays as it is.
 */
final class DefaultRoutes {
    private final Optional<Whereabouts> network;
    private final Map<String, IpAddress> hosts;
    private final Consumer<String> verbose;

    /**
     * @param hosts addresses of the peers that are given by name
     * @param verbose what is done, for those who want to know
     */
    DefaultRoutes(Optional<Whereabouts> network, Map<String, IpAddress> hosts, Consumer<String> verbose) {
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
        EndRoute first = step(end, host, peerEnd, peer);
        boolean gatewayFound = wantsGateway(host) && !wantsGateway(first);
        return gatewayFound ? step(end, first, peerEnd, peer) : first;
    }

    private static boolean wantsGateway(EndRoute host) {
        return host.nextHopType() == ConnEnd.NextHop.DEFAULT_ROUTE;
    }

    /** Resolves one thing: the gateway first. */
    private EndRoute step(ConnEnd end, EndRoute host, ConnEnd peerEnd, EndRoute peer) {
        verbose.accept("resolving family=" + end.hostFamily() + " src=" + shown(end, host) + " gateway="
                + shownGateway(host) + " peer " + shown(peerEnd, peer));
        boolean gateway = wantsGateway(host);
        boolean source = !gateway && host.type() == HostType.DEFAULT_ROUTE;
        verbose.accept("  seeking " + (gateway ? "GATEWAY" : source ? "PREFSRC" : "NOTHING"));
        if (!gateway && !source) {
            return host;
        }
        verbose.accept("    query GETROUTE+REQUEST" + (gateway ? "+ROOT+MATCH" : ""));
        if (isUnknownName(peerEnd, peer)) {
            return host;
        }
        Optional<Asked> asked = asked(end, host, peerEnd, peer);
        asked.ifPresent(about -> verbose.accept("    add RTA_DST " + about.address() + " (" + about.what() + ")"));
        Optional<RouteListing> answer = ask(end.hostFamily(), gateway, asked);
        if (answer.isEmpty()) {
            verbose.accept("    query returned -1 bytes");
            return host;
        }
        verbose.accept("    query returned " + answer.get().octets() + " bytes");
        verbose.accept("  processing response");
        EndRoute resolved = host;
        for (RouteListing.Entry entry : answer.get().entries()) {
            tell(entry);
            if (!isOurs(entry)) {
                continue;
            }
            if (source && entry.preferredSource().isPresent()) {
                resolved = host.withAddress(entry.preferredSource().get());
                verbose.accept("    found prefsrc(host_addr): " + shown(end, resolved));
                return told(end, resolved, "success");
            }
            Optional<IpAddress> found = gateway ? gateway(entry, end.hostFamily()) : Optional.empty();
            if (found.isPresent()) {
                resolved = host.withGateway(found.get());
                verbose.accept("    found gateway(host_nexthop): " + shownGateway(resolved));
                return told(end, resolved, "please-call-again");
            }
        }
        return told(end, host, "failure");
    }

    /** A default route's; without one, on a link with two ends only, the other end. */
    private Optional<IpAddress> gateway(RouteListing.Entry entry, AddressFamily family) {
        String device = entry.interfaceName();
        if (entry.destination().isPresent()) {
            return Optional.empty();
        }
        if (entry.gateway().isPresent() || device.isEmpty()) {
            return entry.gateway();
        }
        try {
            Optional<IpAddress> other = network.orElseThrow().otherEnd(device, family);
            other.ifPresent(peer -> verbose.accept("    found peer " + peer + " to interface " + device));
            return other;
        } catch (IOException e) {
            verbose.accept("    " + e.getMessage());
            return Optional.empty();
        }
    }

    private void tell(RouteListing.Entry entry) {
        verbose.accept("    parsing route entry (RTA payloads)");
        entry.told().forEach(line -> verbose.accept("      " + line));
        verbose.accept("      using src=" + shown(entry.source()) + " prefsrc=" + shown(entry.preferredSource())
                + " gateway=" + shown(entry.gateway()) + " dst=" + shown(entry.destination()) + " dev='"
                + (entry.interfaceName().isEmpty() ? "?" : entry.interfaceName()) + "' priority="
                + entry.priority().orElse(-1) + " pref=" + entry.preference().orElse(-1) + " table=" + entry.table()
                + entry.facts());
    }

    /** Of the main table, and not through an interface made for IPsec. */
    private boolean isOurs(RouteListing.Entry entry) {
        if (entry.table() != RouteListing.MAIN_TABLE) {
            verbose.accept("    IGNORE: table " + entry.table() + " is not main(" + RouteListing.MAIN_TABLE + ")");
            return false;
        }
        String device = entry.interfaceName();
        if (device.startsWith("ipsec") || device.startsWith("mast")) {
            verbose.accept("    IGNORE: interface " + device);
            return false;
        }
        return true;
    }

    private static String shown(Optional<IpAddress> address) {
        return address.map(IpAddress::toString).orElse("<unset-address>");
    }

    /** Whose route is asked for, and what that is to the conn. */
    private record Asked(IpAddress address, String what) {}

    private Optional<Asked> asked(ConnEnd end, EndRoute host, ConnEnd peerEnd, EndRoute peer) {
        Optional<IpAddress> gateway = host.nextHopType() == ConnEnd.NextHop.ADDRESS ? host.nextHop() : Optional.empty();
        // As the oracle: not for IPv6, where a link-local gateway would give a link-local source.
        if (gateway.isPresent() && end.hostFamily() == AddressFamily.IPV4) {
            return gateway.map(address -> new Asked(address, "host->nexthop"));
        }
        if (peer.type() == HostType.ADDRESS && peer.address().isPresent()) {
            return peer.address().map(address -> new Asked(address, "peer->addr"));
        }
        if (peer.type() == HostType.NAME) {
            return Optional.of(new Asked(hosts.get(peerEnd.hostText().orElse("")), "peer->addr"));
        }
        boolean group = peer.type() == HostType.GROUP || peer.type() == HostType.OPPORTUNISTIC_GROUP;
        return gateway.filter(g -> group).map(address -> new Asked(address, "host->nexthop peer=group"));
    }

    private boolean isUnknownName(ConnEnd peerEnd, EndRoute peer) {
        return peer.type() == HostType.NAME
                && !hosts.containsKey(peerEnd.hostText().orElse(""));
    }

    /** All routes; or that of whom is asked about, the default route if nobody is. */
    private Optional<RouteListing> ask(AddressFamily family, boolean all, Optional<Asked> about) {
        if (network.isEmpty()) {
            return Optional.empty();
        }
        try {
            Whereabouts kernel = network.get();
            return Optional.of(
                    all || about.isPresent()
                            ? kernel.routes(family, about.filter(asked -> !all).map(Asked::address))
                            : RouteListing.of(kernel.route(IpAddress.any(family)), Optional.empty()));
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
