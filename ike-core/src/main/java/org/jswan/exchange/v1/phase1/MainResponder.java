// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.ConnectionKind;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.VendorIds;
import org.jswan.exchange.v1.phase1.Phase1Certificates.Manner;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Answers Main Mode (RFC 2409 §5). */
public final class MainResponder {
    private final Context context;
    private final Phase1Connections connections;
    private final VendorIds vendorIds;
    private final NatTraversal nat;
    private final Phase1Proposals proposals;
    private final Phase1Identity identity;
    private final Phase1Authentication authentication;
    private Consumer<HeldMessage> onHeld = message -> {};

    public MainResponder(
            Context context,
            Phase1Connections connections,
            VendorIds vendorIds,
            NatTraversal nat,
            Phase1Proposals proposals,
            Phase1Identity identity,
            Phase1Authentication authentication) {
        this.context = context;
        this.connections = connections;
        this.vendorIds = vendorIds;
        this.nat = nat;
        this.proposals = proposals;
        this.identity = identity;
        this.authentication = authentication;
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
        rows.add(last(Phase1Auth.PRESHARED_KEY).require(PayloadTypes.HASH).by(this::authenticated));
        rows.add(last(Phase1Auth.RSA_SIG).require(PayloadTypes.SIG).by(this::authenticated));
        return rows;
    }

    private static IsakmpRow.Builder last(Phase1Auth auth) {
        return IsakmpRow.row(V1State.MAIN_R2, V1State.MAIN_R3)
                .auth(auth)
                .firstEncrypted()
                .answerEncrypted()
                .reply()
                .require(PayloadTypes.ID)
                .then(Timer.REPLACE);
    }

    /** Whether a new ISAKMP SA is made for the first message. */
    public Optional<IkeSa> accept(IsakmpMessage message) {
        return connections.forMainMode(message).map(c -> {
            IkeSa ike = context.newSas()
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
        SaPayload answer = proposals.select(ike, offer);
        ike.phase1().setInitiatorSa(offer.body());
        List<Payload> payloads = new ArrayList<>();
        payloads.add(answer);
        payloads.addAll(vendorIds.of(ike.connection(), ike.logger()));
        payloads.addAll(NatTraversal.answer(ike, message));
        return IsakmpVerdict.reply(payloads);
    }

    /** HDR, KE, Ni --&gt; HDR, KE, Nr. */
    private IsakmpVerdict keysExchanged(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        ike.negotiation().setRemoteKe(Phase1Agreement.publicValue(ike, message, "Gi"));
        ike.negotiation().setInitiatorNonce(KeyAgreement.nonce(message, "Ni"));
        nat.detect(ike, message);
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation().group().generate(context.world().random()),
                        outcome -> resume.resume(() -> {
                            ike.negotiation().setLocalKe(KeyAgreement.valueOf(outcome));
                            Bytes nonce = context.world().random().bytes(KeyAgreement.NONCE_LENGTH);
                            ike.negotiation().setResponderNonce(nonce);
                            computeKeys(ike);
                            List<Payload> payloads = new ArrayList<>();
                            payloads.addAll(Phase1Agreement.publicValue(context, ike));
                            payloads.add(new NoncePayload(nonce));
                            payloads.addAll(authentication.requests(ike));
                            payloads.addAll(NatTraversal.hashes(ike, message));
                            return IsakmpVerdict.reply(payloads);
                        })));
    }

    /** While the answer is on its way; what comes meanwhile waits. */
    private void computeKeys(IkeSa ike) {
        context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation()
                                .localKe()
                                .sharedSecret(ike.negotiation().remoteKe()),
                        outcome -> {
                            if (context.sas().isAlive(ike)) {
                                keysComputed(ike, outcome);
                            }
                        });
    }

    private void keysComputed(IkeSa ike, Outcome<Secret> outcome) {
        try {
            Phase1Agreement.deriveKeys(context, ike, KeyAgreement.valueOf(outcome));
        } catch (IsakmpFailure failure) {
            // As libreswan: the next message finds no keys, and the negotiation lapses.
            ike.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
            return;
        }
        ike.v1().takeHeld().ifPresent(onHeld);
    }

    /** HDR*, IDii, HASH_I --&gt; HDR*, IDir, HASH_R. */
    private IsakmpVerdict authenticated(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return identity.certified(ike, message, () -> {
            identity.checkInitiator(ike, message);
            return authentication.verify(
                    ike, IkeRole.INITIATOR, message.need(IdPayload.class), message, () -> proven(ike));
        });
    }

    private IsakmpVerdict proven(IkeSa ike) throws IsakmpFailure {
        IdPayload own = Phase1Identity.local(ike);
        return authentication.prove(ike, own, Manner.MAIN_RESPONDER, proof -> {
            identity.established(ike);
            List<Payload> payloads = new ArrayList<>();
            payloads.add(own);
            payloads.addAll(proof);
            return IsakmpVerdict.reply(payloads);
        });
    }
}
