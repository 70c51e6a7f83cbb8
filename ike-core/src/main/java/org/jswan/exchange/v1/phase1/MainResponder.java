// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Secret;
import org.jswan.connection.ConnectionKind;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Answers Main Mode (RFC 2409 §5). */
public final class MainResponder {
    private final Phase1Parts parts;
    private final Phase1Connections connections;
    private Consumer<HeldMessage> onHeld = message -> {};

    public MainResponder(Phase1Parts parts) {
        this.parts = parts;
        this.connections = new Phase1Connections(parts.context());
    }

    /** Who takes a message that came before the keys were computed. */
    public void onHeld(Consumer<HeldMessage> action) {
        onHeld = action;
    }

    public List<IsakmpRow> rows() {
        List<IsakmpRow> rows = new ArrayList<>();
        rows.add(IsakmpRow.row(V1State.MAIN_R0, V1State.MAIN_R1)
                .reply()
                .require(PayloadTypes.SA)
                .then(Timer.DISCARD)
                .by(this::proposed));
        rows.add(IsakmpRow.row(V1State.MAIN_R1, V1State.MAIN_R2)
                .reply()
                .require(PayloadTypes.KE, PayloadTypes.NONCE)
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.RETRANSMIT)
                .by(this::keysExchanged));
        rows.addAll(Phase1Authentication.rows(MainResponder::last, this::authenticated));
        return rows;
    }

    private static IsakmpRow.Builder last() {
        return IsakmpRow.row(V1State.MAIN_R2, V1State.MAIN_R3)
                .firstEncrypted()
                .answerEncrypted()
                .reply()
                .require(PayloadTypes.ID)
                .then(Timer.REPLACE);
    }

    /** Whether a new ISAKMP SA is made for the first message. */
    public Optional<IkeSa> accept(IsakmpMessage message) {
        return connections.forMainMode(message).map(c -> {
            IkeSa ike = parts.context()
                    .newSas()
                    .responder(c, message.header().initiatorSpi(), message.socket(), message.sender(), V1State.MAIN_R0);
            ike.logger()
                    .log(
                            c.kind() == ConnectionKind.INSTANCE
                                    ? "responding to Main Mode from unknown peer " + message.sender()
                                    : "responding to Main Mode");
            return ike;
        });
    }

    /** HDR, SA --&gt; HDR, SA. */
    private IsakmpVerdict proposed(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        SaPayload offer = message.need(SaPayload.class);
        NatTraversal.agree(ike, message);
        SaPayload answer = parts.proposals().select(ike, offer);
        ike.phase1().setInitiatorSa(offer.body());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(answer);
        payloads.addAll(parts.vendorIds().of(ike.connection(), ike.logger()));
        payloads.addAll(NatTraversal.answer(ike, message));
        return IsakmpVerdict.reply(payloads);
    }

    /** HDR, KE, Ni --&gt; HDR, KE, Nr. */
    private IsakmpVerdict keysExchanged(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        Phase1Agreement.take(ike, message);
        parts.nat().detect(ike, message);
        return parts.agreement().generate(ike, () -> {
            computeKeys(ike);
            List<Payload> payloads = new ArrayList<>(parts.agreement().values(ike));
            payloads.addAll(parts.agreement().filler(Impairment.BUST_MR2));
            payloads.addAll(parts.authentication().requests(ike));
            payloads.addAll(NatTraversal.hashes(ike, message));
            return IsakmpVerdict.reply(payloads);
        });
    }

    /** While the answer is on its way; what comes meanwhile waits. */
    private void computeKeys(IkeSa ike) {
        parts.agreement().compute(ike, outcome -> {
            if (parts.context().sas().isAlive(ike)) {
                keysComputed(ike, outcome);
            }
        });
    }

    private void keysComputed(IkeSa ike, Outcome<Secret> outcome) {
        try {
            parts.agreement().deriveKeys(ike, outcome);
        } catch (IsakmpFailure failure) {
            // As libreswan: the next message finds no keys, and the negotiation lapses.
            ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
            return;
        }
        ike.v1().takeHeld().ifPresent(onHeld);
    }

    /** HDR*, IDii, HASH_I --&gt; HDR*, IDir, HASH_R. */
    private IsakmpVerdict authenticated(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return parts.identity().certified(ike, message, () -> {
            parts.identity().checkInitiator(ike, message);
            return parts.authentication()
                    .verify(ike, IkeRole.INITIATOR, message.need(IdPayload.class), message, () -> proven(ike));
        });
    }

    private IsakmpVerdict proven(IkeSa ike) throws IsakmpFailure {
        IdPayload own = Phase1Identity.local(ike);
        return parts.authentication().prove(ike, own, Manner.MAIN_RESPONDER, proof -> {
            parts.identity().established(ike);
            List<Payload> payloads = new ArrayList<>();
            payloads.add(own);
            payloads.addAll(proof);
            return IsakmpVerdict.reply(payloads);
        });
    }
}
