// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.exchange.v1.engine.VendorIds;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.impair.Impairment;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NoncePayload;
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
    private final Context context;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final VendorIds vendorIds;
    private final NatTraversal nat;
    private final Phase1Proposals proposals;
    private final Phase1Identity identity;
    private final Phase1Authentication authentication;

    public MainInitiator(
            Context context,
            IsakmpTransmitter transmitter,
            IsakmpTimers timers,
            VendorIds vendorIds,
            NatTraversal nat,
            Phase1Proposals proposals,
            Phase1Identity identity,
            Phase1Authentication authentication) {
        this.context = context;
        this.transmitter = transmitter;
        this.timers = timers;
        this.vendorIds = vendorIds;
        this.nat = nat;
        this.proposals = proposals;
        this.identity = identity;
        this.authentication = authentication;
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
        rows.add(last(Phase1Auth.PRESHARED_KEY).require(PayloadTypes.HASH).by(this::authenticated));
        rows.add(last(Phase1Auth.RSA_SIG).require(PayloadTypes.SIG).by(this::authenticated));
        return rows;
    }

    private static IsakmpRow.Builder last(Phase1Auth auth) {
        return IsakmpRow.row(V1State.MAIN_I3, V1State.MAIN_I4)
                .auth(auth)
                .initiator()
                .firstEncrypted()
                .require(PayloadTypes.ID)
                .then(Timer.REPLACE);
    }

    /** HDR, SA. */
    public void begin(IkeSa ike, Optional<IkeSa> replaces) {
        Connection c = ike.connection();
        SaPayload offer = Phase1Proposals.mainMode(c);
        ike.phase1().setInitiatorSa(offer.body());
        context.sas().setState(ike, V1State.MAIN_I1);
        List<Payload> payloads = new ArrayList<>();
        payloads.add(offer);
        payloads.addAll(vendorIds.of(c, ike.logger()));
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
        if (context.world().impair().on(Impairment.DROP_I2)) {
            throw IsakmpFailure.ignored("dropping Main Mode I2 packet as per impair");
        }
        proposals.select(ike, message.need(SaPayload.class));
        NatTraversal.agree(ike, message);
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation().group().generate(context.world().random()),
                        outcome -> resume.resume(() -> {
                            ike.negotiation().setLocalKe(KeyAgreement.valueOf(outcome));
                            Bytes nonce = context.world().random().bytes(KeyAgreement.NONCE_LENGTH);
                            ike.negotiation().setInitiatorNonce(nonce);
                            ike.setResponderSpi(message.header().responderSpi());
                            List<Payload> payloads = new ArrayList<>();
                            payloads.addAll(Phase1Agreement.publicValue(context, ike));
                            payloads.add(new NoncePayload(nonce));
                            payloads.addAll(NatTraversal.hashes(ike, message));
                            return IsakmpVerdict.reply(payloads);
                        })));
    }

    /** HDR, KE, Nr --&gt; HDR*, IDii, HASH_I. */
    private IsakmpVerdict keysExchanged(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        ike.negotiation().setRemoteKe(Phase1Agreement.publicValue(ike, message, "Gr"));
        ike.negotiation().setResponderNonce(KeyAgreement.nonce(message, "Nr"));
        nat.detect(ike, message);
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation()
                                .localKe()
                                .sharedSecret(ike.negotiation().remoteKe()),
                        outcome -> resume.resume(() -> {
                            Phase1Agreement.deriveKeys(context, ike, KeyAgreement.valueOf(outcome));
                            IdPayload own = Phase1Identity.local(ike);
                            identity.learnRequests(ike, message);
                            return authentication.prove(
                                    ike,
                                    own,
                                    Manner.MAIN_INITIATOR,
                                    proof -> IsakmpVerdict.reply(last(ike, own, proof)));
                        })));
    }

    /** HDR*, IDir, HASH_R. */
    private IsakmpVerdict authenticated(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return identity.certified(ike, message, () -> {
            identity.check(ike, message);
            return authentication.verify(ike, IkeRole.RESPONDER, message.need(IdPayload.class), message, () -> {
                identity.established(ike);
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
