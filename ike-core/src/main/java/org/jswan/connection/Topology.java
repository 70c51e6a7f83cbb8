// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.Selector;
import org.jswan.identity.IdType;

/**
 * Who talks to whom about what: {@code client===host[id]---hop...hop---host[id]===client}, defaults left out, our end
 * first.
 */
public final class Topology {
    /** Ends whose address comes from elsewhere, and goes without a name. */
    private static final Set<HostSpec.Kind> KEYWORDS = EnumSet.of(
            HostSpec.Kind.ANY,
            HostSpec.Kind.DEFAULT_ROUTE,
            HostSpec.Kind.OPPORTUNISTIC,
            HostSpec.Kind.GROUP,
            HostSpec.Kind.OPPORTUNISTIC_GROUP);

    private static final int USUAL_PORT = 500;

    private Topology() {}

    public static String of(Connection connection) {
        return ours(connection) + "..." + theirs(connection);
    }

    /** The same with the clients that a peer asks for; empty if it names no addresses. */
    public static String asked(Connection connection, Optional<Selector> ours, Selector theirs) {
        ConnectionEnd local = connection.local();
        ConnectionEnd remote = connection.remote();
        return ours.flatMap(client -> client(local, Set.of(), client))
                        .map(c -> c + "===")
                        .orElse("")
                + host(local, Set.of())
                + brackets(local)
                + "..."
                + host(remote, Set.of())
                + brackets(remote)
                + client(remote, Set.of(), theirs).map(c -> "===" + c).orElse("");
    }

    /** Our end of it. */
    public static String ours(Connection connection) {
        ConnectionEnd local = connection.local();
        return client(local, Set.of()).map(c -> c + "===").orElse("")
                + host(local, Set.of())
                + brackets(local)
                + nextHop(local, connection.remote()).map(hop -> "---" + hop).orElse("");
    }

    /** The peer's end of it. */
    public static String theirs(Connection connection) {
        ConnectionEnd remote = connection.remote();
        // Once oriented, only our own next hop matters.
        Optional<IpAddress> farHop = connection.isOriented() ? Optional.empty() : nextHop(remote, connection.local());
        return farHop.map(hop -> hop + "---").orElse("")
                + host(remote, connection.policies())
                + brackets(remote)
                + client(remote, connection.policies()).map(c -> "===" + c).orElse("");
    }

    private static String host(ConnectionEnd end, Set<ConnectionPolicy> policies) {
        HostSpec spec = end.config().host().spec();
        if (end.address().isEmpty()) {
            String what = spec.kind() == HostSpec.Kind.NAME ? "%dns<" + spec.text() + ">" : wildcard(policies);
            return end.port() == 0 ? what : what + ":" + end.port();
        }
        if (end.virtualNetwork().isPresent()) {
            return "%virtual" + (end.port() == 0 ? "" : ":" + end.port());
        }
        IpAddress address = end.address().get();
        String text = end.config().host().ikePort() != 0 || end.port() != USUAL_PORT
                ? wrapped(address) + ":" + end.port()
                : address.toString();
        String name = spec.toString();
        return !KEYWORDS.contains(spec.kind()) && !name.equals(address.toString()) ? text + "<" + name + ">" : text;
    }

    private static String wildcard(Set<ConnectionPolicy> policies) {
        boolean group = policies.contains(ConnectionPolicy.GROUP);
        if (policies.contains(ConnectionPolicy.OPPORTUNISTIC)) {
            return group ? "%opportunisticgroup" : "%opportunistic";
        }
        return group ? "%group" : "%any";
    }

    private static String wrapped(IpAddress address) {
        return address.family() == AddressFamily.IPV6 ? "[" + address + "]" : address.toString();
    }

    private static Optional<String> client(ConnectionEnd end, Set<ConnectionPolicy> policies) {
        return end.client().flatMap(client -> client(end, policies, client));
    }

    private static Optional<String> client(ConnectionEnd end, Set<ConnectionPolicy> policies, Selector client) {
        boolean self = client.protocol() == 0
                && client.port() == 0
                && client.subnet().isHost()
                && end.address().filter(client.subnet().address()::equals).isPresent();
        boolean all = client.subnet().prefixLength() == 0 && client.protocol() == 0;
        boolean loose = policies.contains(ConnectionPolicy.GROUP) || policies.contains(ConnectionPolicy.OPPORTUNISTIC);
        if (self || all && loose) {
            return Optional.empty();
        }
        return Optional.of(end.virtualNetwork()
                .map(v -> v.hostOnly() ? "vhost:?" : "vnet:?")
                .orElseGet(() -> selector(client)));
    }

    /** {@code 192.0.2.0/24} or {@code 192.0.2.0/24:UDP/1701}. */
    static String selector(Selector selector) {
        if (selector.protocol() == 0 && selector.port() == 0) {
            return selector.subnet().toString();
        }
        return selector.subnet() + ":" + IpProtocol.name(selector.protocol()) + "/"
                + (selector.port() == 0 ? "0-65535" : selector.port());
    }

    private static String brackets(ConnectionEnd end) {
        List<String> parts = new ArrayList<>();
        boolean isAddress = end.address().isPresent() && end.id().address().equals(end.address());
        if (end.id().type() != IdType.NONE && !isAddress) {
            parts.add(end.id().toString());
        }
        EndConfig config = end.config();
        boolean roles = end.modeConfigServer()
                || end.modeConfigClient()
                || config.xauth().server()
                || config.xauth().client();
        if (roles || config.certificate().send() != SendCertificate.ALWAYS) {
            parts.add((end.modeConfigServer() ? "MS" : "")
                    + (end.modeConfigClient() ? "+MC" : "")
                    + (config.modeConfigRole().addressTranslation() ? "+CAT" : "")
                    + (config.xauth().server() ? "+XS" : "")
                    + (config.xauth().client() ? "+XC" : "")
                    + sends(config.certificate().send()));
        }
        return parts.isEmpty() ? "" : "[" + String.join(",", parts) + "]";
    }

    private static String sends(SendCertificate when) {
        return switch (when) {
            case NEVER -> "+S-C";
            case IF_ASKED -> "+S?C";
            case ALWAYS -> "+S=C";
        };
    }

    private static Optional<IpAddress> nextHop(ConnectionEnd end, ConnectionEnd other) {
        return end.nextHop().filter(hop -> !other.address().equals(Optional.of(hop)));
    }
}
