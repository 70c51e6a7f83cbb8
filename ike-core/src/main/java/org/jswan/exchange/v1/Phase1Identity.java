// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.exchange.Context;
import org.jswan.identity.IdType;
import org.jswan.identity.IdentityException;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** Who the ends of phase 1 say they are (RFC 2407 §4.6.2). */
final class Phase1Identity {
    private static final int UDP = 17;
    private static final int IKE_PORT = 500;
    private static final int NAT_IKE_PORT = 4500;

    private final Context context;

    Phase1Identity(Context context) {
        this.context = context;
    }

    /** Our own identity. */
    static IdPayload local(IkeSa ike) {
        IkeId id = ike.connection().local().id();
        return new IdPayload(id.type().number(), 0, 0, id.body());
    }

    private static IkeId read(IkeSa ike, IdPayload payload) throws IsakmpFailure {
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

    /** As initiator: the responder has to be who the connection names. */
    void checkResponder(IkeSa ike, IdPayload payload) throws IsakmpFailure {
        take(ike, read(ike, payload));
    }

    /** As responder of Aggressive Mode, whose connection was found by this identity. */
    void checkAggressiveInitiator(IkeSa ike, IdPayload payload) throws IsakmpFailure {
        take(ike, read(ike, payload));
    }

    /** As responder of Main Mode: switches to the connection that is for this initiator, if another fits better. */
    void checkInitiator(IkeSa ike, IdPayload payload) throws IsakmpFailure {
        IkeId peer = read(ike, payload);
        find(ike, peer).filter(better -> better != ike.connection()).ifPresent(better -> {
            ike.logger().log("switched to " + better);
            context.lifecycle().switchTo(ike, better);
        });
        take(ike, peer);
    }

    private static void take(IkeSa ike, IkeId peer) throws IsakmpFailure {
        ike.negotiation().setPeerId(peer);
        IkeId expected = ike.connection().remote().id();
        if (expected.type() != IdType.FROMCERT && !peer.matches(expected)) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_ID_INFORMATION,
                    "Peer ID '" + peer + "' mismatched on first found connection and no better connection found");
        }
        if (ike.connection().kind() == ConnectionKind.INSTANCE && expected.isAny()) {
            ike.connection().remote().setId(peer);
        }
    }

    private Optional<Connection> find(IkeSa ike, IkeId peer) {
        Connection current = ike.connection();
        if (peer.matches(current.remote().id())) {
            return Optional.of(current);
        }
        return context
                .connections()
                .findByHosts(
                        ike.socket().interfaceAddress().address(),
                        Optional.of(ike.remote().address()))
                .stream()
                .filter(c -> c.isOriented()
                        && c.config().ikeVersion() == current.config().ikeVersion()
                        && !c.config().neverNegotiates()
                        && peer.matches(c.remote().id()))
                .findFirst();
    }
}
