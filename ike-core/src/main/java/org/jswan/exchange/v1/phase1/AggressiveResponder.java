// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
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
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Answers Aggressive Mode (RFC 2409 §5). The connection is known by the first message, so it never changes. */
public final class AggressiveResponder {
    private final Context context;
    private final Phase1Connections connections;
    private final VendorIds vendorIds;
    private final NatTraversal nat;
    private final Phase1Proposals proposals;
    private final Phase1Identity identity;
    private final Phase1Authentication authentication;

    public AggressiveResponder(
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

    public List<IsakmpRow> rows() {
        return List.of(
                IsakmpRow.row(V1State.AGGR_R0, V1State.AGGR_R1)
                        .reply()
                        .require(PayloadTypes.SA, PayloadTypes.KE, PayloadTypes.NONCE, PayloadTypes.ID)
                        .allow(PayloadTypes.NATD_RFC)
                        .then(Timer.DISCARD)
                        .by(this::proposed),
                last(Phase1Auth.PRESHARED_KEY).require(PayloadTypes.HASH).by(this::proven),
                last(Phase1Auth.RSA_SIG).require(PayloadTypes.SIG).by(this::proven));
    }

    private static IsakmpRow.Builder last(Phase1Auth auth) {
        return IsakmpRow.row(V1State.AGGR_R1, V1State.AGGR_R2)
                .auth(auth)
                .firstEncrypted()
                .allow(PayloadTypes.NATD_RFC)
                .then(Timer.REPLACE);
    }

    /** Whether a new ISAKMP SA is made for the first message. As libreswan, it is never in the state it comes from. */
    public Optional<IkeSa> accept(IsakmpMessage message) {
        return connections.forAggressiveMode(message).map(c -> {
            IkeSa ike = context.newSas()
                    .responder(c, message.header().initiatorSpi(), message.socket(), message.sender(), V1State.AGGR_R1);
            AggressiveInitiator.warn(ike, c.remote().config().auth());
            return ike;
        });
    }

    /** HDR, SA, KE, Ni, IDii --&gt; HDR, SA, KE, Nr, IDir, HASH_R. */
    private IsakmpVerdict proposed(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        return identity.certified(ike, message, () -> {
            checkIdentity(ike, message);
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
        SaPayload answer = proposals.select(ike, offer);
        ike.negotiation().setRemoteKe(Phase1Agreement.publicValue(ike, message, "Gi"));
        ike.negotiation().setInitiatorNonce(KeyAgreement.nonce(message, "Ni"));
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation().group().generate(context.world().random()),
                        outcome -> resume.resume(() -> {
                            ike.negotiation().setLocalKe(KeyAgreement.valueOf(outcome));
                            Bytes nonce = context.world().random().bytes(KeyAgreement.NONCE_LENGTH);
                            ike.negotiation().setResponderNonce(nonce);
                            return agree(ike, message, answer);
                        })));
    }

    private void checkIdentity(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IdPayload peer = message.need(IdPayload.class);
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
                            + " but no matching connection has been authorized");
        }
        ike.phase1().setPeerIdentity(peer);
    }

    private IsakmpVerdict agree(IkeSa ike, IsakmpMessage message, SaPayload answer) {
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation()
                                .localKe()
                                .sharedSecret(ike.negotiation().remoteKe()),
                        outcome -> resume.resume(() -> {
                            Phase1Agreement.deriveKeys(context, ike, KeyAgreement.valueOf(outcome));
                            IdPayload own = Phase1Identity.local(ike);
                            return authentication.prove(
                                    ike,
                                    own,
                                    Manner.AGGRESSIVE_RESPONDER,
                                    proof -> IsakmpVerdict.reply(answer(ike, message, answer, own, proof)));
                        })));
    }

    private List<Payload> answer(
            IkeSa ike, IsakmpMessage message, SaPayload answer, IdPayload own, List<Payload> proof) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(answer);
        payloads.addAll(Phase1Agreement.publicValue(context, ike));
        payloads.add(new NoncePayload(ike.negotiation().responderNonce()));
        payloads.add(own);
        payloads.addAll(proof);
        payloads.addAll(vendorIds.of(ike.connection(), ike.logger()));
        payloads.addAll(NatTraversal.answer(ike, message));
        payloads.addAll(NatTraversal.hashes(ike, message));
        return payloads;
    }

    /** HDR*, HASH_I. */
    private IsakmpVerdict proven(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        nat.detect(ike, message);
        if (isCertified(ike)) {
            return verified(ike, message);
        }
        return identity.certified(ike, message, () -> {
            if (isCertified(ike)) {
                identity.checkAgain(ike);
            }
            return verified(ike, message);
        });
    }

    private static boolean isCertified(IkeSa ike) {
        return ike.negotiation().authentication().peerCertificates().end().isPresent();
    }

    private IsakmpVerdict verified(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IdPayload peer = ike.phase1().peerIdentity().orElseThrow();
        return authentication.verify(ike, IkeRole.INITIATOR, peer, message, () -> {
            identity.established(ike);
            return IsakmpVerdict.advance();
        });
    }
}
