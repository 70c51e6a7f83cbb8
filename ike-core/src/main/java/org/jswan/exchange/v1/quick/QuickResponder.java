// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.Topology;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Hash;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.exchange.v1.engine.QuickHashes;
import org.jswan.proposal.Phase2Choice;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Answers Quick Mode (RFC 2409 §5.5). */
public final class QuickResponder {
    private final Context context;
    private final Notifications notifications;
    private final QuickAgreement agreement;
    private final NatTraversal nat;
    private final ClientConnections connections;

    public QuickResponder(Context context, Notifications notifications, QuickAgreement agreement, NatTraversal nat) {
        this.context = context;
        this.notifications = notifications;
        this.agreement = agreement;
        this.nat = nat;
        this.connections = new ClientConnections(context);
    }

    public List<IsakmpRow> rows() {
        return List.of(
                IsakmpRow.row(V1State.QUICK_R0, V1State.QUICK_R1)
                        .encrypted()
                        .reply()
                        .require(PayloadTypes.SA, PayloadTypes.NONCE)
                        .allow(PayloadTypes.KE, PayloadTypes.ID, PayloadTypes.NATOA_RFC)
                        .hash(Hash.FIRST)
                        .then(Timer.RETRANSMIT)
                        .byChild(this::proposed),
                IsakmpRow.row(V1State.QUICK_R1, V1State.QUICK_R2)
                        .encrypted()
                        .hash(Hash.THIRD)
                        .then(Timer.REPLACE)
                        .byChild(this::confirmed));
    }

    /** A new IPsec SA for the first message, if there is a connection with those clients; the peer was told if not. */
    public Optional<ChildSa> accept(IkeSa ike, IsakmpMessage message) {
        try {
            Connection c = connectionFor(ike, message);
            ChildSa child = context.newSas().child(c, ike, IkeRole.RESPONDER, V1State.QUICK_R0);
            child.v1().setMessageId(message.header().messageId());
            ike.phase1().addQuickMode(child);
            OriginalAddresses.learn(child, message);
            if (ike.nat().detected()) {
                nat.follow(ike, message);
            }
            child.setSelectors(
                    c.local().client().orElseThrow(), c.remote().client().orElseThrow());
            return Optional.of(child);
        } catch (IsakmpFailure failure) {
            if (!failure.getMessage().isEmpty()) {
                ike.logger().log(failure.getMessage());
            }
            failure.notification().ifPresent(type -> notifications.refuse(ike, type));
            return Optional.empty();
        }
    }

    private Connection connectionFor(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        ProposedClients clients = ProposedClients.of(ike, message);
        ike.logger().log("the peer proposed: " + clients);
        return connections
                .forClients(ike, clients)
                .orElseThrow(() -> IsakmpFailure.refused(
                        NotificationType.INVALID_ID_INFORMATION,
                        "cannot respond to IPsec SA request because no connection is known for "
                                + Topology.asked(ike.connection(), clients.ours(), clients.theirs())));
    }

    /** HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr] --&gt; HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr]. */
    private IsakmpVerdict proposed(ChildSa child, IsakmpMessage message) throws IsakmpFailure {
        SaPayload offered = message.need(SaPayload.class);
        Phase2Choice choice = Phase2Proposals.choose(child, context, offered);
        child.phase2().setInitiatorNonce(KeyAgreement.nonce(message, "Ni"));
        Optional<Bytes> theirs = QuickAgreement.publicValue(child, choice.pfsGroup(), message, "Quick Mode I1");
        Phase2Proposals.confirm(child, offered, choice);
        Phase2Proposals.adopt(child, choice);
        agreement.reserve(child, choice.compression().isPresent());
        Phase2Proposals.setOutbound(child, choice);
        context.sas().index(child);
        child.phase2().setResponderNonce(context.world().random().bytes(KeyAgreement.NONCE_LENGTH));
        if (theirs.isEmpty()) {
            return answer(child, choice, message);
        }
        KeGroup group = choice.pfsGroup().orElseThrow();
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> {
                            KeyExchange ours = group.generate(context.world().random());
                            return new Agreed(ours, ours.sharedSecret(theirs.get()));
                        },
                        outcome -> resume.resume(() -> {
                            Agreed agreed = KeyAgreement.valueOf(outcome);
                            child.phase2().setLocalKe(agreed.ours());
                            child.phase2().setSharedSecret(agreed.secret());
                            return answer(child, choice, message);
                        })));
    }

    private record Agreed(KeyExchange ours, Secret secret) {}

    private IsakmpVerdict answer(ChildSa child, Phase2Choice choice, IsakmpMessage message) {
        child.logger()
                .log("responding to Quick Mode proposal {msgid:"
                        + String.format("%08x", child.v1().messageId()) + "}");
        child.logger()
                .log("    us: " + Topology.ours(child.connection()) + "  them: " + Topology.theirs(child.connection()));
        List<Payload> payloads = new ArrayList<>();
        payloads.add(Phase2Proposals.answer(child, choice));
        payloads.add(new NoncePayload(child.phase2().responderNonce()));
        payloads.addAll(agreement.publicValue(child));
        message.all(IdPayload.class).forEach(payloads::add);
        List<Payload> answer =
                QuickHashes.hashed(context.world().impair(), child, Hash.SECOND, "quick inR1 outI2", payloads);
        return agreement.prepare(child, () -> IsakmpVerdict.reply(answer));
    }

    /** HDR*, HASH(3). */
    private IsakmpVerdict confirmed(ChildSa child, IsakmpMessage message) {
        return agreement.confirm(child, () -> {
            agreement.installed(child);
            return IsakmpVerdict.advance();
        });
    }
}
