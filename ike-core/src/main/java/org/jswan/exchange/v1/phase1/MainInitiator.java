// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.impair.Impairment;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Begins Main Mode (RFC 2409 §5).
 *
 * <pre>
 * HDR, SA                --&gt;
 *                        &lt;--  HDR, SA
 * HDR, KE, Ni            --&gt;
 *                        &lt;--  HDR, KE, Nr
 * HDR*, IDii, HASH_I     --&gt;
 *                        &lt;--  HDR*, IDir, HASH_R
 * </pre>
 */
public final class MainInitiator {
    private final Phase1Parts parts;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;

    public MainInitiator(Phase1Parts parts, IsakmpTransmitter transmitter, IsakmpTimers timers) {
        this.parts = parts;
        this.transmitter = transmitter;
        this.timers = timers;
    }

    public List<IsakmpRow> rows() {
        List<IsakmpRow> rows = new ArrayList<>();
        rows.add(IsakmpRow.row(V1State.MAIN_I1, V1State.MAIN_I2)
                .initiator()
                .reply()
                .require(PayloadTypes.SA)
                .then(Timer.RETRANSMIT)
                .by(this::proposalChosen));
        rows.add(IsakmpRow.row(V1State.MAIN_I2, V1State.MAIN_I3)
                .initiator()
                .reply()
                .answerEncrypted()
                .require(PayloadTypes.KE, PayloadTypes.NONCE)
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.RETRANSMIT)
                .by(this::keysExchanged));
        rows.addAll(Phase1Authentication.rows(MainInitiator::last, this::authenticated));
        return rows;
    }

    private static IsakmpRow.Builder last() {
        return IsakmpRow.row(V1State.MAIN_I3, V1State.MAIN_I4)
                .initiator()
                .firstEncrypted()
                .require(PayloadTypes.ID)
                .then(Timer.REPLACE);
    }

    /** HDR, SA. */
    public void begin(IkeSa ike, Optional<IkeSa> replaces) {
        Connection c = ike.connection();
        SaPayload offer = parts.proposals().mainMode(ike);
        ike.phase1().setInitiatorSa(offer.body());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(offer);
        payloads.addAll(parts.vendorIds().of(c, ike.logger()));
        payloads.addAll(NatTraversal.offer(c, ike.logger()));
        transmitter.send(ike, ExchangeType.IDPROT, payloads, false, "reply packet for main_outI1");
        timers.retransmit(ike);
        ike.logger()
                .log(
                        ike.state().code(),
                        ike.state().story()
                                + replaces.map(old -> ", replacing " + old.serial())
                                        .orElse(""));
    }

    /** HDR, SA --&gt; HDR, KE, Ni. */
    private IsakmpVerdict proposalChosen(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        if (parts.context().world().impair().on(Impairment.DROP_I2)) {
            throw IsakmpFailure.ignored("dropping Main Mode I2 packet as per impair");
        }
        parts.proposals().select(ike, message.need(SaPayload.class));
        NatTraversal.agree(ike, message);
        return parts.agreement().generate(ike, () -> {
            ike.setResponderSpi(message.header().responderSpi());
            List<Payload> payloads = new ArrayList<>(parts.agreement().values(ike));
            payloads.addAll(parts.agreement().filler(Impairment.BUST_MI2));
            payloads.addAll(NatTraversal.hashes(ike, message));
            return IsakmpVerdict.reply(payloads);
        });
    }

    /** HDR, KE, Nr --&gt; HDR*, IDii, HASH_I. */
    private IsakmpVerdict keysExchanged(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        Phase1Agreement.take(ike, message);
        parts.nat().detect(ike, message);
        return parts.agreement().agree(ike, () -> {
            IdPayload own = Phase1Identity.local(ike);
            parts.identity().learnRequests(ike, message);
            return parts.authentication()
                    .prove(ike, own, Manner.MAIN_INITIATOR, proof -> IsakmpVerdict.reply(last(ike, own, proof)));
        });
    }

    /** HDR*, IDir, HASH_R. */
    private IsakmpVerdict authenticated(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return parts.identity().certified(ike, message, () -> {
            parts.identity().check(ike, message);
            return parts.authentication().verify(ike, IkeRole.RESPONDER, message.need(IdPayload.class), message, () -> {
                parts.identity().established(ike);
                return IsakmpVerdict.advance();
            });
        });
    }

    private static List<Payload> last(IkeSa ike, IdPayload own, List<Payload> proof) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(own);
        payloads.addAll(proof);
        if (ike.connection().config().announcements().initialContact()) {
            ike.logger().log("sending INITIAL_CONTACT");
            payloads.add(Notifications.initialContact(ike));
        }
        return payloads;
    }
}
