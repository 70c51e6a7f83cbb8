// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Answers Aggressive Mode (RFC 2409 §5). The connection is known by the first message, so it never changes. */
public final class AggressiveResponder {
    private final Phase1Parts parts;
    private final Phase1Connections connections;

    public AggressiveResponder(Phase1Parts parts) {
        this.parts = parts;
        this.connections = new Phase1Connections(parts.context());
    }

    public List<IsakmpRow> rows() {
        List<IsakmpRow> rows = new ArrayList<>();
        rows.add(IsakmpRow.row(V1State.AGGR_R0, V1State.AGGR_R1)
                .reply()
                .require(PayloadTypes.SA, PayloadTypes.KE, PayloadTypes.NONCE, PayloadTypes.ID)
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.DISCARD)
                .by(this::proposed));
        rows.addAll(Phase1Authentication.rows(AggressiveResponder::last, this::proven));
        return rows;
    }

    private static IsakmpRow.Builder last() {
        return IsakmpRow.row(V1State.AGGR_R1, V1State.AGGR_R2)
                .firstEncrypted()
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.REPLACE);
    }

    /** Whether a new ISAKMP SA is made for the first message. As libreswan, it is never in the state it comes from. */
    public Optional<IkeSa> accept(IsakmpMessage message) {
        return connections.forAggressiveMode(message).map(c -> {
            IkeSa ike = parts.context()
                    .newSas()
                    .responder(c, message.header().initiatorSpi(), message.socket(), message.sender(), V1State.AGGR_R1);
            AggressiveInitiator.warn(ike, c.remote().config().auth());
            return ike;
        });
    }

    /** HDR, SA, KE, Ni, IDii --&gt; HDR, SA, KE, Nr, IDir, HASH_R. */
    private IsakmpVerdict proposed(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return parts.identity().certified(ike, message, () -> {
            parts.identity().checkOpenly(ike, message, "no matching connection");
            ike.phase1().setPeerIdentity(message.need(IdPayload.class));
            return identified(ike, message);
        });
    }

    private IsakmpVerdict identified(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        ike.logger()
                .log("responding to Aggressive Mode, state " + ike.serial() + ", connection " + ike.connection()
                        + " from " + message.sender().address());
        NatTraversal.agree(ike, message);
        SaPayload offer = message.need(SaPayload.class);
        ike.phase1().setInitiatorSa(offer.body());
        SaPayload answer = parts.proposals().select(ike, offer);
        Phase1Agreement.take(ike, message);
        return parts.agreement().generate(ike, () -> parts.agreement().agree(ike, () -> prove(ike, message, answer)));
    }

    private IsakmpVerdict prove(IkeSa ike, IsakmpMessage message, SaPayload answer) throws IsakmpFailure {
        IdPayload own = Phase1Identity.local(ike);
        return parts.authentication()
                .prove(
                        ike,
                        own,
                        Manner.AGGRESSIVE_RESPONDER,
                        proof -> IsakmpVerdict.reply(answer(ike, message, answer, own, proof)));
    }

    private List<Payload> answer(
            IkeSa ike, IsakmpMessage message, SaPayload answer, IdPayload own, List<Payload> proof) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(answer);
        payloads.addAll(parts.agreement().values(ike));
        payloads.add(own);
        payloads.addAll(proof);
        payloads.addAll(parts.vendorIds().of(ike.connection(), ike.logger()));
        payloads.addAll(NatTraversal.answer(ike, message));
        payloads.addAll(NatTraversal.hashes(ike, message));
        return payloads;
    }

    /** HDR*, HASH_I. */
    private IsakmpVerdict proven(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        parts.nat().detect(ike, message);
        if (isCertified(ike)) {
            return verified(ike, message);
        }
        return parts.identity().certified(ike, message, () -> {
            if (isCertified(ike)) {
                parts.identity().checkAgain(ike);
            }
            return verified(ike, message);
        });
    }

    private static boolean isCertified(IkeSa ike) {
        return ike.negotiation().authentication().peerCertificates().end().isPresent();
    }

    private IsakmpVerdict verified(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IdPayload peer = ike.phase1().peerIdentity().orElseThrow();
        return parts.authentication().verify(ike, IkeRole.INITIATOR, peer, message, () -> {
            parts.identity().established(ike);
            return IsakmpVerdict.advance();
        });
    }
}
