// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.wire.NotifyType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.IdPayload;

/** Who the peer says it is, and which connection is for such a peer. */
final class PeerIdentity {
    private final ConnectionDatabase connections;

    private final SaDatabase sas;

    PeerIdentity(ConnectionDatabase connections, SaDatabase sas) {
        this.connections = connections;
        this.sas = sas;
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
        if (!matches(ike.connection(), peer)) {
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, mismatch(peer));
        }
        settle(ike.connection(), peer);
    }

    /** As responder: switches to the connection that is for this initiator, if the first one found is not. */
    void checkInitiator(IkeSa ike, Incoming request) throws ProtocolFailure {
        IkeId peer = read(request.need(IdPayload.class), "initiator");
        Optional<IkeId> us = Optional.empty();
        Optional<IdPayload> wanted = request.first(IdPayload.class, PayloadType.IDR);
        if (wanted.isPresent()) {
            us = Optional.of(read(wanted.get(), "IDr"));
        }
        Connection current = ike.connection();
        if (!matches(current, peer) || !isUs(current, us)) {
            Optional<IkeId> asked = us;
            Connection better =
                    connections
                            .findByHosts(
                                    ike.socket().local().address(),
                                    Optional.of(ike.remote().address()))
                            .stream()
                            .filter(c -> c.isOriented()
                                    && !c.config().neverNegotiates()
                                    && matches(c, peer)
                                    && isUs(c, asked)
                                    && c.remote().config().auth()
                                            == current.remote().config().auth())
                            .findFirst()
                            .orElseThrow(() ->
                                    ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, mismatch(peer)));
            ike.logger().log("switched to " + better);
            sas.switchTo(ike, better);
        }
        settle(ike.connection(), peer);
    }

    private static boolean matches(Connection connection, IkeId peer) {
        return connection.remote().id().isAny()
                || peer.matches(connection.remote().id());
    }

    private static boolean isUs(Connection connection, Optional<IkeId> asked) {
        return asked.isEmpty() || asked.get().sameAs(connection.local().id());
    }

    /** A connection that took any peer, or a pattern, is now that peer's. */
    private static void settle(Connection connection, IkeId peer) {
        if (connection.remote().id().hasWildcards() || connection.remote().id().isAny()) {
            connection.remote().setId(peer);
        }
    }

    private static String mismatch(IkeId peer) {
        return "Peer ID '" + peer + "' mismatched on first found connection and no better connection found";
    }
}
