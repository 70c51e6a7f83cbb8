// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.ProtocolPort;
import org.jswan.exchange.Context;
import org.jswan.identity.IdType;
import org.jswan.identity.IkeId;
import org.jswan.sa.IkeSa;

/** Which connection a Quick Mode of a peer is for: one between the same ends whose clients are those that the peer proposes. */
final class ClientConnections {
    private static final int ALL_WILD = IkeId.ALL_WILD;
    private static final int LONGEST_PATH = 7;
    private static final int PATH_WEIGHT = 1;
    private static final int WILD_WEIGHT = LONGEST_PATH + 1;
    private static final int ROUTED_WEIGHT = (ALL_WILD + 1) * WILD_WEIGHT;

    private final Context context;
    private final SameProof proof;

    ClientConnections(Context context) {
        this.context = context;
        this.proof = new SameProof(context);
    }

    /** The connection, an instance where a template fits, with the clients as the peer has them. */
    Optional<Connection> forClients(IkeSa ike, ProposedClients clients) {
        Connection current = ike.connection();
        Optional<Connection> found = clients.ours()
                .flatMap(ours -> find(ike, ours, clients.theirs()))
                .map(c -> instance(current, c));
        if (found.isPresent()) {
            settle(found.get(), clients.theirs());
            return found;
        }
        if (!ike.nat().detected() || current.has(ConnectionPolicy.TUNNEL)) {
            return Optional.empty();
        }
        // Behind a NAT, the clients of transport mode cannot be known: it is the peer as it is seen, whatever it
        // proposes.
        // libreswan does so in tunnel mode, too, and takes what is proposed: then any peer could have any network.
        settle(current, seen(current, clients.theirs()));
        return Optional.of(current);
    }

    private static Selector seen(Connection current, Selector theirs) {
        return new Selector(Subnet.host(current.remote().address().orElseThrow()), theirs.protocol(), theirs.port());
    }

    private Connection instance(Connection current, Connection found) {
        return found.kind() == ConnectionKind.TEMPLATE && found != current
                ? context.instances()
                        .make(
                                found,
                                current.remote().address(),
                                Optional.of(current.remote().id()))
                : found;
    }

    /** What the connection leaves open is as the peer has it. */
    private static void settle(Connection c, Selector theirs) {
        ProtocolPort configured = c.remote().config().client().protocolPort();
        if (configured.anyPort()) {
            c.remote()
                    .client()
                    .map(client -> new Selector(client.subnet(), client.protocol(), theirs.port()))
                    .ifPresent(c.remote()::setClient);
        }
        if (c.remote().virtualNetwork().isPresent()) {
            c.remote().chooseClient(theirs);
        }
    }

    private Optional<Connection> find(IkeSa ike, Selector ours, Selector theirs) {
        Connection current = ike.connection();
        if (!current.isOriented()) {
            return Optional.empty();
        }
        boolean exact = isExact(current, ours, theirs);
        if (exact && current.routing().isRouted()) {
            return Optional.of(current);
        }
        IpAddress local = current.local().address().orElseThrow();
        return best(ike, local, current.remote().address(), ours, theirs)
                .or(() -> exact ? Optional.of(current) : Optional.empty())
                .or(() -> best(ike, local, Optional.empty(), ours, theirs));
    }

    /** Never where the peer may choose: whether it may have that is to be asked first. */
    private static boolean isExact(Connection c, Selector ours, Selector theirs) {
        return c.remote().virtualNetwork().isEmpty()
                && c.local().client().filter(local -> isSame(local, ours)).isPresent()
                && c.remote().client().filter(remote -> isSame(remote, theirs)).isPresent();
    }

    private static boolean isSame(Selector configured, Selector proposed) {
        return configured.subnet().equals(proposed.subnet())
                && configured.protocol() == proposed.protocol()
                && (configured.port() == 0 || configured.port() == proposed.port());
    }

    /** The best of the connections between these hosts. */
    private Optional<Connection> best(
            IkeSa ike, IpAddress local, Optional<IpAddress> remote, Selector ours, Selector theirs) {
        Connection current = ike.connection();
        Connection best = null;
        int highest = 0;
        Optional<String> objection = Optional.empty();
        for (Connection c : context.connections().findByHosts(local, remote)) {
            OptionalInt closeness = closeness(current, c);
            if (closeness.isEmpty() || !fitsProtocols(c, ours, theirs) || !isOurs(c, ours) || !proof.suffices(ike, c)) {
                continue;
            }
            if (c.remote().hasClient()) {
                objection = objection(c, theirs);
                if (!takes(ike, c, theirs, objection)) {
                    continue;
                }
            } else if (!isHost(theirs, current)) {
                continue;
            }
            int weight =
                    (c.routing().isRouted() ? ROUTED_WEIGHT : 0) + closeness.getAsInt() + (c == current ? 1 : 0) + 1;
            if (weight > highest) {
                best = c;
                highest = weight;
            }
        }
        Optional<Connection> found =
                Optional.ofNullable(best).filter(c -> !c.config().neverNegotiates());
        if (found.isEmpty()) {
            objection.ifPresent(
                    why -> current.logger().log("peer proposal was rejected in a virtual connection policy: " + why));
        }
        return found;
    }

    /** How well the ends are the same, the more the better; empty if they are not. */
    private OptionalInt closeness(Connection current, Connection c) {
        boolean unauthenticated =
                c.kind() == ConnectionKind.INSTANCE && c.remote().id().type() == IdType.NULL;
        if (c.config().ikeVersion() != IkeVersion.IKEV1 || c.kind() == ConnectionKind.GROUP || unauthenticated) {
            return OptionalInt.empty();
        }
        OptionalInt wildcards = current.remote().id().match(c.remote().id());
        Optional<Integer> path = context.certificates()
                .known()
                .distance(
                        current.remote().config().certificate().ca(),
                        c.remote().config().certificate().ca());
        if (c.isAliasOf(current)) {
            // Parts of one configuration: who is known by certificate only, has a name in one of them by now.
            boolean certified = c.remote().id().type() == IdType.FROMCERT;
            return wildcards.isPresent() && path.isPresent() || certified ? OptionalInt.of(0) : OptionalInt.empty();
        }
        return current.local().id().equals(c.local().id()) && wildcards.isPresent() && path.isPresent()
                ? OptionalInt.of(
                        WILD_WEIGHT * (ALL_WILD - wildcards.getAsInt()) + PATH_WEIGHT * (LONGEST_PATH - path.get()))
                : OptionalInt.empty();
    }

    private static boolean fitsProtocols(Connection c, Selector ours, Selector theirs) {
        Selector local = c.local().client().orElse(ours);
        int remoteProtocol = c.remote().client().map(Selector::protocol).orElse(0);
        int remotePort = c.remote().client().map(Selector::port).orElse(0);
        return local.protocol() == ours.protocol()
                && remoteProtocol == theirs.protocol()
                && (local.port() == 0 || local.port() == ours.port())
                && (c.remote().config().client().protocolPort().anyPort() || remotePort == theirs.port());
    }

    private static boolean isOurs(Connection c, Selector ours) {
        return c.local().client().map(Selector::subnet).equals(Optional.of(ours.subnet()));
    }

    /** Whether it is just the peer, without protocol and port. */
    private static boolean isHost(Selector theirs, Connection current) {
        return current.remote().address().map(Subnet::host).map(Selector::of).equals(Optional.of(theirs));
    }

    private Optional<String> objection(Connection c, Selector theirs) {
        return c.remote().virtualNetwork().isEmpty()
                ? Optional.empty()
                : context.virtualClients()
                        .objection(c, theirs, c.remote().address().orElseGet(() -> IpAddress.any(theirs.family())));
    }

    private boolean takes(IkeSa ike, Connection c, Selector theirs, Optional<String> objection) {
        if (c.remote().virtualNetwork().isEmpty()) {
            return c.remote().client().map(Selector::subnet).equals(Optional.of(theirs.subnet()));
        }
        return objection.isEmpty()
                && !context.virtualClients()
                        .isUsedByAnother(
                                theirs,
                                other -> !other.remote().id().equals(c.remote().id())
                                        || proof.isAnotherUsers(ike, other),
                                c.logger());
    }
}
