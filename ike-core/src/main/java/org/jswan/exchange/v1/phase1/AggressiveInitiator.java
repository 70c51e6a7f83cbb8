// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.KeGroup;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Offer;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Begins Aggressive Mode (RFC 2409 §5).
 *
 * <pre>
 * HDR, SA, KE, Ni, IDii  --&gt;
 *                        &lt;--  HDR, SA, KE, Nr, IDir, HASH_R
 * HDR*, HASH_I           --&gt;
 * </pre>
 */
public final class AggressiveInitiator {
    private final Phase1Parts parts;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final IsakmpTransitions transitions;

    public AggressiveInitiator(
            Phase1Parts parts, IsakmpTransmitter transmitter, IsakmpTimers timers, IsakmpTransitions transitions) {
        this.parts = parts;
        this.transmitter = transmitter;
        this.timers = timers;
        this.transitions = transitions;
    }

    public List<IsakmpRow> rows() {
        return Phase1Authentication.rows(AggressiveInitiator::answer, this::answered);
    }

    private static IsakmpRow.Builder answer() {
        return IsakmpRow.row(V1State.AGGR_I1, V1State.AGGR_I2)
                .initiator()
                .reply()
                .answerEncrypted()
                .require(PayloadTypes.SA, PayloadTypes.KE, PayloadTypes.NONCE, PayloadTypes.ID)
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.REPLACE);
    }

    /** A hash by a weak key can be guessed at leisure by who sees it, and here everybody does. */
    static void warn(IkeSa ike, EndAuthentication auth) {
        if (auth == EndAuthentication.PSK) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "IKEv1 Aggressive Mode with PSK is vulnerable to dictionary attacks and is cracked on large scale by TLA's");
        }
    }

    /** HDR, SA, KE, Ni, IDii. */
    public void begin(IkeSa ike, Optional<IkeSa> replaces) {
        Connection c = ike.connection();
        warn(ike, c.local().config().auth());
        Phase1Offer offer = Phase1Proposals.aggressiveMode(c);
        tell(ike, offer);
        ike.logger()
                .log("initiating IKEv1 Aggressive Mode connection"
                        + replaces.map(old -> " " + ike.serial() + " to replace " + old.serial())
                                .orElse(""));
        ike.negotiation().setGroup(offer.first().group());
        ike.phase1().setAuthentication(Phase1Proposals.offeredAuthentication(c), false);
        IsakmpVerdict.Suspend generation = parts.agreement().generate(ike, () -> {
            request(ike, offer);
            return IsakmpVerdict.done();
        });
        transitions.suspend(ike, generation, step -> {
            try {
                step.go();
            } catch (IsakmpFailure failure) {
                ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
                parts.context().lifecycle().end(ike, Notice.NEVER);
            }
        });
    }

    private static void tell(IkeSa ike, Phase1Offer offer) {
        offer.log().forEach(line -> ike.logger().log(line.code(), line.text()));
    }

    private void request(IkeSa ike, Phase1Offer offer) {
        Connection c = ike.connection();
        tell(ike, offer);
        SaPayload sa = parts.proposals().payload(ike, offer);
        ike.phase1().setInitiatorSa(sa.body());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(sa);
        payloads.addAll(parts.agreement().values(ike));
        payloads.add(Phase1Identity.local(ike));
        payloads.addAll(parts.authentication().firstRequest(ike));
        payloads.addAll(parts.vendorIds().of(c, ike.logger()));
        payloads.addAll(NatTraversal.offer(c, ike.logger()));
        transmitter.send(ike, ExchangeType.AGGR, payloads, false, "aggr_outI1");
        timers.retransmit(ike);
        ike.logger().log(ike.state().code(), ike.state().story());
    }

    /** HDR, SA, KE, Nr, IDir, HASH_R --&gt; HDR*, HASH_I. */
    private IsakmpVerdict answered(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        if (parts.context().world().impair().on(Impairment.DROP_I2)) {
            throw IsakmpFailure.ignored("dropping Aggressive Mode I2 packet as per impair");
        }
        return parts.identity().certified(ike, message, () -> {
            parts.identity().checkOpenly(ike, message, "no connection");
            return agree(ike, message);
        });
    }

    private IsakmpVerdict agree(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IdPayload peer = message.need(IdPayload.class);
        KeGroup offered = ike.negotiation().group();
        parts.proposals().select(ike, message.need(SaPayload.class));
        if (ike.negotiation().group() != offered) {
            KeGroup theirs = ike.negotiation().group();
            ike.negotiation().setGroup(offered);
            // RFC 2409 §5: the group cannot be negotiated, as our public value is sent.
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    "peer chose " + theirs.fqn() + " but our KE is for " + offered.fqn());
        }
        NatTraversal.agree(ike, message);
        Phase1Agreement.take(ike, message);
        ike.setResponderSpi(message.header().responderSpi());
        parts.nat().detect(ike, message);
        return parts.agreement().agree(ike, () -> parts.authentication()
                .verify(ike, IkeRole.RESPONDER, peer, message, () -> prove(ike, message)));
    }

    private IsakmpVerdict prove(IkeSa ike, IsakmpMessage answered) throws IsakmpFailure {
        return parts.authentication().prove(ike, Phase1Identity.local(ike), Manner.AGGRESSIVE_INITIATOR, proof -> {
            parts.identity().established(ike);
            List<Payload> payloads = new ArrayList<>(NatTraversal.hashes(ike, answered));
            payloads.addAll(proof);
            return IsakmpVerdict.reply(payloads);
        });
    }
}
