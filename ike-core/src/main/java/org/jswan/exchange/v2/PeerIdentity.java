// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.IpAddress;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.Instances;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.IdPayload;

/** Who the peer says it is, and which connection is for such a peer. */
final class PeerIdentity {
    private final ConnectionDatabase connections;
    private final Instances instances;
    private final Lifecycle lifecycle;

    PeerIdentity(Context context) {
        this.connections = context.connections();
        this.instances = context.instances();
        this.lifecycle = context.lifecycle();
    }

    /** Our own identity as a payload. */
    static IdPayload local(IkeSa ike) {
        IkeId id = ike.negotiation().authentication().isNullWanted()
                ? IkeId.NULL
                : ike.connection().local().id();
        return payload(id, ike.role() == IkeRole.INITIATOR);
    }

    static IdPayload payload(IkeId id, boolean initiator) {
        int type = id.type().number();
        return initiator ? IdPayload.initiator(type, id.body()) : IdPayload.responder(type, id.body());
    }

    /** The identity of the other end, as its payload gives it. */
    private static IkeId read(IdPayload payload, String whose) throws ProtocolFailure {
        try {
            return IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    Scope.IKE_SA,
                    "authentication failed: " + whose + " ID payload invalid: " + invalid.getMessage());
        }
    }

    /** As initiator: the responder has to be who the connection names. */
    void checkResponder(IkeSa ike, Incoming response) throws ProtocolFailure {
        IdPayload payload = response.first(IdPayload.class, PayloadType.IDR)
                .orElseThrow(() -> ProtocolFailure.silent(
                        Scope.IKE_SA_AND_TELL, "authentication failed: responder did not include ID payload"));
        IkeId peer;
        try {
            peer = IkeId.ofWire(payload.idType(), payload.data());
        } catch (IdentityException invalid) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL,
                    "authentication failed: responder ID payload invalid: " + invalid.getMessage());
        }
        if (!peer.matches(ike.connection().remote().id())) {
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, mismatch(peer));
        }
        ike.negotiation().setPeerId(peer);
    }

    /** As responder: switches to the connection that is for this initiator, if there is one that fits better. */
    void checkInitiator(IkeSa ike, Incoming request) throws ProtocolFailure {
        IkeId peer = read(request.need(IdPayload.class), "initiator");
        Optional<IkeId> us = Optional.empty();
        Optional<IdPayload> wanted = request.first(IdPayload.class, PayloadType.IDR);
        if (wanted.isPresent()) {
            us = Optional.of(read(wanted.get(), "IDr"));
        }
        Connection best = best(ike, peer, us)
                .orElseThrow(() -> ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, mismatch(peer)));
        if (best != ike.connection()) {
            if (best.kind() == ConnectionKind.TEMPLATE) {
                best = instances.make(best, Optional.of(ike.remote().address()), Optional.of(peer));
            }
            ike.logger().log("switched to " + best);
            lifecycle.switchTo(ike, best);
        }
        ike.negotiation().setPeerId(peer);
    }

    /**
     * The connection that fits best: the one with the fewest wildcards in the peer's identity, the one at hand if none is
     * better.
     */
    private Optional<Connection> best(IkeSa ike, IkeId peer, Optional<IkeId> us) {
        Connection current = ike.connection();
        List<Connection> candidates = new ArrayList<>();
        candidates.add(current);
        IpAddress local = ike.socket().interfaceAddress().address();
        candidates.addAll(
                connections.findByHosts(local, Optional.of(ike.remote().address())));
        candidates.addAll(connections.findByHosts(local, Optional.empty()));
        Connection best = null;
        int bestWildcards = 0;
        for (Connection c : candidates) {
            OptionalInt wildcards = peer.match(c.remote().id());
            if (wildcards.isPresent()
                    && (c == current || isSameKind(c, current))
                    && isUs(c, us)
                    && (best == null || wildcards.getAsInt() < bestWildcards)) {
                best = c;
                bestWildcards = wildcards.getAsInt();
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean isSameKind(Connection c, Connection current) {
        return c.isOriented()
                && !c.config().neverNegotiates()
                && c.kind() != ConnectionKind.GROUP
                && !c.has(ConnectionPolicy.OPPORTUNISTIC)
                && c.config().ikeVersion() == current.config().ikeVersion()
                && c.remote().config().auth() == current.remote().config().auth();
    }

    private static boolean isUs(Connection connection, Optional<IkeId> asked) {
        return asked.isEmpty() || asked.get().sameAs(connection.local().id());
    }

    /** The peer is who it says: a connection that took any peer, or a pattern, is that peer's from now on. */
    static void settle(IkeSa ike) {
        Connection connection = ike.connection();
        if (connection.remote().id().hasWildcards() || connection.remote().id().isAny()) {
            connection.remote().setId(ike.peerId());
        }
    }

    private static String mismatch(IkeId peer) {
        return "Peer ID '" + peer + "' mismatched on first found connection and no better connection found";
    }
}
