// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.VendorIds;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.proposal.Phase1Offer;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NoncePayload;
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
    private final Context context;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final IsakmpTransitions transitions;
    private final VendorIds vendorIds;
    private final NatTraversal nat;
    private final Phase1Proposals proposals;
    private final Phase1Identity identity;
    private final Phase1Authentication authentication;

    public AggressiveInitiator(
            Context context,
            IsakmpTransmitter transmitter,
            IsakmpTimers timers,
            IsakmpTransitions transitions,
            VendorIds vendorIds,
            NatTraversal nat,
            Phase1Proposals proposals,
            Phase1Identity identity,
            Phase1Authentication authentication) {
        this.context = context;
        this.transmitter = transmitter;
        this.timers = timers;
        this.transitions = transitions;
        this.vendorIds = vendorIds;
        this.nat = nat;
        this.proposals = proposals;
        this.identity = identity;
        this.authentication = authentication;
    }

    public List<IsakmpRow> rows() {
        return List.of(
                answer(Phase1Auth.PRESHARED_KEY).require(PayloadTypes.HASH).by(this::answered),
                answer(Phase1Auth.RSA_SIG).require(PayloadTypes.SIG).by(this::answered));
    }

    private static IsakmpRow.Builder answer(Phase1Auth auth) {
        return IsakmpRow.row(V1State.AGGR_I1, V1State.AGGR_I2)
                .auth(auth)
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
        context.sas().setState(ike, V1State.AGGR_I1);
        warn(ike, c.local().config().auth());
        Phase1Offer offer = Phase1Proposals.aggressiveMode(c);
        tell(ike, offer);
        ike.logger()
                .log("initiating IKEv1 Aggressive Mode connection"
                        + replaces.map(old -> " " + ike.serial() + " to replace " + old.serial())
                                .orElse(""));
        KeGroup group = offer.first().group();
        ike.negotiation().setGroup(group);
        ike.phase1().setAuthentication(Phase1Proposals.offeredAuthentication(c), false);
        IsakmpVerdict.Work work = resume -> context.world()
                .helpers()
                .submit(
                        () -> group.generate(context.world().random()),
                        outcome -> resume.resume(() -> {
                            request(ike, offer, KeyAgreement.valueOf(outcome));
                            return IsakmpVerdict.done();
                        }));
        transitions.suspend(ike, new IsakmpVerdict.Suspend(work), step -> {
            try {
                step.go();
            } catch (IsakmpFailure failure) {
                ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
                context.lifecycle().end(ike, Notice.NEVER);
            }
        });
    }

    private static void tell(IkeSa ike, Phase1Offer offer) {
        offer.log().forEach(line -> ike.logger().log(line.code(), line.text()));
    }

    private void request(IkeSa ike, Phase1Offer offer, KeyExchange ke) {
        Connection c = ike.connection();
        ike.negotiation().setLocalKe(ke);
        Bytes nonce = context.world().random().bytes(KeyAgreement.NONCE_LENGTH);
        ike.negotiation().setInitiatorNonce(nonce);
        tell(ike, offer);
        SaPayload sa = SaPayload.of(List.of(offer.proposal()));
        ike.phase1().setInitiatorSa(sa.body());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(sa);
        payloads.addAll(Phase1Agreement.publicValue(context, ike));
        payloads.add(new NoncePayload(nonce));
        payloads.add(Phase1Identity.local(ike));
        payloads.addAll(authentication.firstRequest(ike));
        payloads.addAll(vendorIds.of(c, ike.logger()));
        payloads.addAll(NatTraversal.offer(c, ike.logger()));
        transmitter.send(ike, ExchangeType.AGGR, payloads, false, "aggr_outI1");
        timers.retransmit(ike);
        ike.logger().log(ike.state().code(), ike.state().story());
    }

    /** HDR, SA, KE, Nr, IDir, HASH_R --&gt; HDR*, HASH_I. */
    private IsakmpVerdict answered(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        if (context.world().impair().on(Impairment.DROP_I2)) {
            throw IsakmpFailure.ignored("dropping Aggressive Mode I2 packet as per impair");
        }
        return identity.certified(ike, message, () -> {
            checkIdentity(ike, message);
            return agree(ike, message);
        });
    }

    private IsakmpVerdict agree(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IdPayload peer = message.need(IdPayload.class);
        KeGroup offered = ike.negotiation().group();
        proposals.select(ike, message.need(SaPayload.class));
        if (ike.negotiation().group() != offered) {
            KeGroup theirs = ike.negotiation().group();
            ike.negotiation().setGroup(offered);
            // RFC 2409 §5: the group cannot be negotiated, as our public value is sent.
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    "peer chose " + theirs.fqn() + " but our KE is for " + offered.fqn());
        }
        NatTraversal.agree(ike, message);
        ike.negotiation().setRemoteKe(Phase1Agreement.publicValue(ike, message, "Gr"));
        ike.negotiation().setResponderNonce(KeyAgreement.nonce(message, "Nr"));
        ike.setResponderSpi(message.header().responderSpi());
        nat.detect(ike, message);
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation()
                                .localKe()
                                .sharedSecret(ike.negotiation().remoteKe()),
                        outcome -> resume.resume(() -> {
                            Phase1Agreement.deriveKeys(context, ike, KeyAgreement.valueOf(outcome));
                            return authentication.verify(
                                    ike, IkeRole.RESPONDER, peer, message, () -> prove(ike, message));
                        })));
    }

    private void checkIdentity(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        try {
            identity.check(ike, message);
        } catch (IsakmpFailure failure) {
            if (!failure.getMessage().isEmpty()) {
                ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
            }
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_ID_INFORMATION,
                    "initial Aggressive Mode packet claiming to be from "
                            + ike.connection().remote().id() + " on " + message.sender()
                            + " but no connection has been authorized");
        }
    }

    private IsakmpVerdict prove(IkeSa ike, IsakmpMessage answered) throws IsakmpFailure {
        return authentication.prove(ike, Phase1Identity.local(ike), Manner.AGGRESSIVE_INITIATOR, proof -> {
            identity.established(ike);
            List<Payload> payloads = new ArrayList<>(NatTraversal.hashes(ike, answered));
            payloads.addAll(proof);
            return IsakmpVerdict.reply(payloads);
        });
    }
}
