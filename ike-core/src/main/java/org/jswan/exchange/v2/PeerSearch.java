// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Shunt;
import org.jswan.exchange.Context;
import org.jswan.identity.IdType;

/**
 * Which connection is for a peer of whom only the address is known; IKE_AUTH may find a better one. A peer that is to be
 * left alone, in clear or blocked, does not even learn that we are there.
 */
final class PeerSearch {
    /** How a peer may prove who it is. As libreswan: a template with a better way comes before a connection of its own. */
    private static final List<AuthenticationMethod> BEST_FIRST = List.of(
            AuthenticationMethod.ECDSA,
            AuthenticationMethod.RSASIG,
            AuthenticationMethod.RSASIG_V1_5,
            AuthenticationMethod.PSK,
            AuthenticationMethod.NULL);

    private final Context context;

    PeerSearch(Context context) {
        this.context = context;
    }

    /** What becomes of a peer that asks. */
    sealed interface Result permits Found, Nobody, Overlooked, LeftAlone {}

    /** @param connection the peer's own, or an instance that is its own from now on */
    record Found(Connection connection) implements Result {}

    /** No connection is for such a peer, and it is told so. */
    record Nobody() implements Result {}

    /** What is in clear or blocked there is narrower than the connection: the peer is refused. */
    record Overlooked() implements Result {}

    /** Its packets go in clear or are blocked: there is no answer. */
    record LeftAlone() implements Result {}

    Result find(IpAddress us, IpAddress peer) {
        Result none = new Nobody();
        List<Connection> withPeer = context.connections().findByHosts(us, Optional.of(peer)).stream()
                .filter(c -> c.isOriented() && c.kind() != ConnectionKind.GROUP && !isNobodys(c))
                .toList();
        for (AuthenticationMethod method : BEST_FIRST) {
            Optional<Connection> found = known(withPeer, method).or(() -> nearest(us, peer, c -> isFor(c, method)));
            if (found.filter(PeerSearch::isShunt).isPresent()) {
                // As libreswan: a weaker way to prove an identity may lead to another.
                none = new LeftAlone();
            } else if (found.isPresent()) {
                return isOverlooked(us, peer, found.get()) ? new Overlooked() : new Found(own(found.get(), us, peer));
            } else {
                none = new Nobody();
            }
        }
        return none;
    }

    private Connection own(Connection found, IpAddress us, IpAddress peer) {
        if (found.kind() != ConnectionKind.TEMPLATE || found.isTemplateForLabelsAlone()) {
            return found;
        }
        return found.has(ConnectionPolicy.OPPORTUNISTIC)
                ? context.instances().opportunistic(found, us, peer)
                : context.instances().make(found, Optional.of(peer), Optional.empty());
    }

    /** A connection with that very peer: one that has an IKE SA, else the newest. */
    private static Optional<Connection> known(List<Connection> withPeer, AuthenticationMethod method) {
        List<Connection> fitting =
                withPeer.stream().filter(c -> isFor(c, method)).toList();
        return fitting.stream()
                .filter(c -> c.newestIke().isPresent())
                .findFirst()
                .or(() -> fitting.stream().findFirst());
    }

    /**
     * A connection with peers anywhere: the newest road warriors', or else the one of all those of opportunistic encryption,
     * in clear or blocked whose peers are the fewest.
     */
    private Optional<Connection> nearest(IpAddress us, IpAddress peer, Predicate<Connection> admissible) {
        Optional<Connection> best = Optional.empty();
        for (Connection c : strangers(us, peer).filter(admissible).toList()) {
            if (c.kind() == ConnectionKind.TEMPLATE && !c.has(ConnectionPolicy.OPPORTUNISTIC)) {
                return Optional.of(c);
            }
            Optional<Subnet> peers = peers(c).filter(subnet -> subnet.contains(peer));
            Optional<Subnet> narrowest = best.flatMap(PeerSearch::peers);
            if (peers.isPresent() && narrowest.filter(peers.get()::contains).isEmpty()) {
                best = Optional.of(c);
            }
        }
        return best;
    }

    private Stream<Connection> strangers(IpAddress us, IpAddress peer) {
        return context.connections().findForStranger(us, peer).stream()
                .filter(c -> c.isOriented() && c.kind() != ConnectionKind.GROUP && !c.isForLabel());
    }

    private static Optional<Subnet> peers(Connection c) {
        return c.remote().client().map(client -> client.subnet());
    }

    private static boolean isNobodys(Connection c) {
        return c.kind() == ConnectionKind.INSTANCE && c.remote().id().type() == IdType.NULL;
    }

    private static boolean isFor(Connection c, AuthenticationMethod method) {
        if (c.config().ikeVersion() != IkeVersion.IKEV2 || isNobodys(c)) {
            return false;
        }
        return c.config().neverNegotiates()
                ? isShunt(c)
                : c.remote().config().authby().contains(method);
    }

    /** Whether packets of a group's member are in clear or blocked, for good. */
    private static boolean isShunt(Connection c) {
        return c.config().neverNegotiates()
                && c.config().shunts().prospective() != Shunt.TRAP
                && c.has(ConnectionPolicy.GROUPINSTANCE)
                && !c.has(ConnectionPolicy.OPPORTUNISTIC);
    }

    /** Whether what is in clear or blocked is narrower than what the connection protects. */
    private boolean isOverlooked(IpAddress us, IpAddress peer, Connection found) {
        boolean wide = found.remote().hasClient() && !found.has(ConnectionPolicy.OPPORTUNISTIC);
        return wide
                && strangers(us, peer)
                        .filter(c -> c.kind() == ConnectionKind.INSTANCE
                                && c.config().shunts().prospective() != Shunt.TRAP)
                        .flatMap(c -> peers(c).stream())
                        .anyMatch(subnet -> subnet.contains(peer)
                                && subnet.prefixLength()
                                        > peers(found).map(Subnet::prefixLength).orElse(0));
    }
}
