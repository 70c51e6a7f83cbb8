// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndConfig;
import org.jswan.exchange.Context;
import org.jswan.exchange.auth.OlderSelves;
import org.jswan.exchange.auth.PeerConnection;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** Who the ends of phase 1 say they are (RFC 2407 §4.6.2). */
public final class Phase1Identity {
    private static final int UDP = 17;
    private static final int IKE_PORT = 500;
    private static final int NAT_IKE_PORT = 4500;

    private final Context context;
    private final Phase1Certificates certificates;
    private final PeerConnection connections;
    private final OlderSelves olderSelves;
    private final Consumer<IkeSa> beforeNewest;

    /** @param beforeNewest told of an ISAKMP SA that is proven, while the one before it is still its connection's newest */
    public Phase1Identity(Context context, Phase1Certificates certificates, Consumer<IkeSa> beforeNewest) {
        this.context = context;
        this.beforeNewest = beforeNewest;
        this.certificates = certificates;
        this.connections = new PeerConnection(context);
        this.olderSelves = new OlderSelves(context);
    }

    /** Our own identity. */
    static IdPayload local(IkeSa ike) {
        IkeId id = ike.connection().local().id();
        return new IdPayload(id.type().number(), 0, 0, id.body());
    }

    private IkeId read(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        certificates.learnRequests(ike, message);
        IdPayload payload = message.need(IdPayload.class);
        boolean plain = payload.protocol() == 0 && payload.port() == 0
                || payload.protocol() == UDP && payload.port() == IKE_PORT;
        boolean floating = ike.nat().detected()
                && payload.protocol() == UDP
                && (payload.port() == 0 || payload.port() == NAT_IKE_PORT);
        if (!plain && !floating) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "protocol/port in Phase 1 ID Payload MUST be 0/0 or 17/500 but are " + payload.protocol()
                                    + "/" + payload.port() + " (attempting to continue)");
        }
        try {
            IkeId peer = IkeId.ofWire(payload.idType(), payload.data());
            ike.logger().log("Peer ID is " + peer.type().label() + ": '" + peer + "'");
            return peer;
        } catch (IdentityException invalid) {
            ike.logger().log(invalid.getMessage());
            throw IsakmpFailure.refused(NotificationType.INVALID_ID_INFORMATION, "");
        }
    }

    /** Takes what the peer asks of us before it says who it is. */
    void learnRequests(IkeSa ike, IsakmpMessage message) {
        certificates.learnRequests(ike, message);
    }

    /** Goes on once the certificates of a message are checked, unless they are bad. */
    IsakmpVerdict certified(IkeSa ike, IsakmpMessage message, IsakmpVerdict.Step then) throws IsakmpFailure {
        return certificates.check(ike, message, then);
    }

    /** As initiator, or as responder whose connection was found by this identity: it has to be whom the connection names. */
    void check(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        take(ike, read(ike, message));
    }

    /**
     * The same in Aggressive Mode, where anybody may claim anything in the clear.
     *
     * @param missing what the claim lacks, as the log line calls it
     */
    void checkOpenly(IkeSa ike, IsakmpMessage message, String missing) throws IsakmpFailure {
        try {
            check(ike, message);
        } catch (IsakmpFailure failure) {
            if (!failure.getMessage().isEmpty()) {
                ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
            }
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_ID_INFORMATION,
                    "initial Aggressive Mode packet claiming to be from "
                            + ike.connection().remote().id() + " on " + message.sender() + " but " + missing
                            + " has been authorized");
        }
    }

    /** As responder of Main Mode: switches to the connection that is for this initiator, if another fits better. */
    void checkInitiator(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IkeId peer = read(ike, message);
        Connection current = ike.connection();
        connections.refine(
                ike,
                peer,
                c -> isAdmissible(ike, c, current),
                ike.negotiation().authentication().authoritiesWanted());
        take(ike, peer);
    }

    /** The certificates came after the identity: they have to be for it. */
    void checkAgain(IkeSa ike) throws IsakmpFailure {
        take(ike, ike.peerId());
    }

    /** Whether a connection could have led to the same messages so far. */
    private boolean isAdmissible(IkeSa ike, Connection c, Connection current) {
        if (c != current && !PeerConnection.isOfKind(c, current) || c.has(ConnectionPolicy.AGGRESSIVE)) {
            return false;
        }
        EndConfig.Xauth xauth = c.local().config().xauth();
        EndConfig.Xauth currentXauth = current.local().config().xauth();
        if (xauth.server() != currentXauth.server() || xauth.client() != currentXauth.client()) {
            return false;
        }
        EndAuthentication auth = c.remote().config().auth();
        return ike.phase1().isBySignatures()
                ? auth == EndAuthentication.RSASIG
                : auth == EndAuthentication.PSK && hasSameKey(ike, c);
    }

    /** What the peer proves by the one key says nothing of who has another. */
    private boolean hasSameKey(IkeSa ike, Connection c) {
        return context.secrets()
                .get()
                .psk(c.local().id(), c.remote().id())
                .equals(ike.phase1().presharedKey());
    }

    private static void take(IkeSa ike, IkeId peer) throws IsakmpFailure {
        Optional<String> refusal = PeerConnection.take(ike, peer);
        if (refusal.isPresent()) {
            throw IsakmpFailure.refused(NotificationType.INVALID_ID_INFORMATION, refusal.get());
        }
    }

    /**
     * The peer has proven who it is: the ISAKMP SA is its connection's newest, unless a user has to be let in first, and what
     * the peer had elsewhere ends.
     */
    void established(IkeSa ike) {
        PeerConnection.settle(ike, context.connections());
        olderSelves.end(ike, false);
        beforeNewest.accept(ike);
        Connection c = ike.connection();
        if (!c.local().config().xauth().server() || !ike.phase1().isXauth()) {
            c.setNewestIke(Optional.of(ike.serial()));
        }
    }
}
