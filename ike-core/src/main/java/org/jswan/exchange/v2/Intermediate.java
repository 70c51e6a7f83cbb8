// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;

import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Exchanges between IKE_SA_INIT and IKE_AUTH (RFC 9242). As with libreswan, there is one if both ends know it, and it
 * carries nothing.
 *
 * <pre>
 * HDR, SK {}  --&gt;
 *             &lt;--  HDR, SK {}
 * </pre>
 */
public final class Intermediate {
    /** As libreswan: a message ID of IKE_INTERMEDIATE is no greater. */
    private static final int LAST_ID = 2;

    private final IkeAuth auth;

    public Intermediate(IkeAuth auth) {
        this.auth = auth;
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                row("Initiator: process IKE_INTERMEDIATE reply, initiate IKE_AUTH or IKE_INTERMEDIATE")
                        .on(ExchangeType.IKE_INTERMEDIATE, RESPONSE)
                        .from(V2State.PARENT_I2)
                        .to(V2State.PARENT_I2)
                        .encrypted()
                        .then(Row.Timer.RETRANSMIT)
                        .announce(Row.Announcement.EXCHANGE)
                        .by((ike, response) -> auth.request(ike)),
                row("Responder: process IKE_INTERMEDIATE request")
                        .on(ExchangeType.IKE_INTERMEDIATE, REQUEST)
                        .from(V2State.PARENT_R1)
                        .to(V2State.PARENT_R1)
                        .encrypted()
                        .then(Row.Timer.DISCARD)
                        .announce(Row.Announcement.EXCHANGE)
                        .by(Intermediate::respond));
    }

    /** What the initiator's IKE_SA_INIT tells. */
    static List<Payload> offer(Connection c) {
        return c.has(ConnectionPolicy.INTERMEDIATE)
                ? List.of(NotifyPayload.of(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED))
                : List.of();
    }

    /** What the responder's IKE_SA_INIT tells. */
    static List<Payload> answer(IkeSa ike) {
        return ike.negotiation().intermediate().isUsed() ? offer(ike.connection()) : List.of();
    }

    /** Takes what the peer's IKE_SA_INIT tells. */
    static void learn(IkeSa ike, Incoming message) {
        ike.negotiation()
                .intermediate()
                .setUsed(ike.connection().has(ConnectionPolicy.INTERMEDIATE)
                        && message.has(NotifyType.INTERMEDIATE_EXCHANGE_SUPPORTED));
    }

    /** The request that follows a good answer to IKE_SA_INIT. */
    Verdict request(IkeSa ike) throws ProtocolFailure {
        return ike.negotiation().intermediate().isUsed()
                ? Verdict.request(ExchangeType.IKE_INTERMEDIATE, List.of())
                : auth.request(ike);
    }

    private static Verdict respond(IkeSa ike, Incoming request) throws ProtocolFailure {
        if (request.header().messageId() > LAST_ID) {
            throw ProtocolFailure.silent(Scope.IKE_SA, "too many IKE_INTERMEDIATE exchanges");
        }
        // Behind a NAT the initiator has gone to port 4500 (RFC 7296 §2.23).
        ike.moveTo(request.socket(), request.sender());
        return Verdict.reply(List.of());
    }
}
