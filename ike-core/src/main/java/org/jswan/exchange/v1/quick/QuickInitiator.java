// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.PolicyText;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpRow.Hash;
import org.jswan.exchange.v1.engine.IsakmpRow.Timer;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.IsakmpTransitions;
import org.jswan.exchange.v1.engine.IsakmpTransmitter;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.QuickHashes;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.proposal.Phase2Choice;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SaPayload;

/** Begins Quick Mode (RFC 2409 §5.5).
 *
 * <pre>
 * HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr]  --&gt;
 *                                              &lt;--  HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr]
 * HDR*, HASH(3)                                --&gt;
 * </pre>
 */
public final class QuickInitiator {
    private final Context context;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final IsakmpTransitions transitions;
    private final QuickAgreement agreement;
    private final NatTraversal nat;

    public QuickInitiator(
            Context context,
            IsakmpTransmitter transmitter,
            IsakmpTimers timers,
            IsakmpTransitions transitions,
            QuickAgreement agreement,
            NatTraversal nat) {
        this.context = context;
        this.transmitter = transmitter;
        this.timers = timers;
        this.transitions = transitions;
        this.agreement = agreement;
        this.nat = nat;
    }

    public List<IsakmpRow> rows() {
        return List.of(IsakmpRow.row(V1State.QUICK_I1, V1State.QUICK_I2)
                .initiator()
                .encrypted()
                .reply()
                .require(PayloadTypes.SA, PayloadTypes.NONCE)
                .allow(PayloadTypes.KE, PayloadTypes.ID, PayloadTypes.NATOA_RFC)
                .hash(Hash.SECOND)
                .then(Timer.REPLACE)
                .byChild(this::answered));
    }

    /**
     * HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr].
     *
     * @param occasion why it begins
     */
    public void begin(IkeSa ike, Connection c, List<WhackSession> watching, QuickOccasion occasion) {
        Optional<SaSerial> replaces = occasion.replaces();
        ChildSa child = context.newSas().child(c, ike, IkeRole.INITIATOR, V1State.QUICK_I1);
        watching.forEach(child.logger()::attach);
        replaces.ifPresent(child::setReplaces);
        child.phase2().setAttempt(occasion.attempt());
        child.phase2().setInherited(occasion.inherited());
        c.takeAwaitedLabel().ifPresent(child.phase2()::setLabel);
        child.v1().setMessageId(transmitter.newMessageId(ike));
        ike.phase1().addQuickMode(child);
        child.setProtocol(Phase2Proposals.protocol(c));
        Optional<KeGroup> group = Phase2Proposals.pfsGroup(child);
        child.logger()
                .log("initiating Quick Mode " + PolicyText.of(c)
                        + replaces.map(old -> " to replace " + old).orElse("") + " {using isakmp" + ike.serial()
                        + " msgid:" + String.format("%08x", child.v1().messageId()) + " proposal=" + proposalText(c)
                        + " pfsgroup=" + group.map(KeGroup::fqn).orElse("no-pfs") + "}");
        Optional<KeGroup> fresh = group;
        IsakmpVerdict.Work work = resume -> context.world()
                .helpers()
                .submit(
                        () -> fresh.map(g -> g.generate(context.world().random())),
                        outcome -> resume.resume(() -> {
                            Optional<KeyExchange> ke = KeyAgreement.valueOf(outcome);
                            ke.ifPresent(child.phase2()::setLocalKe);
                            return IsakmpVerdict.done();
                        }));
        transitions.suspend(child, IsakmpVerdict.compute(work), step -> {
            try {
                step.go();
                request(child, group);
            } catch (IsakmpFailure failure) {
                child.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
                context.lifecycle().endChild(child, Notice.NEVER);
            }
        });
    }

    private static String proposalText(Connection c) {
        return c.config()
                .childSuites()
                .filter(suites -> !suites.defaulted())
                .map(Object::toString)
                .orElse("defaults");
    }

    private void request(ChildSa child, Optional<KeGroup> group) throws IsakmpFailure {
        IkeSa ike = child.ike();
        Connection c = child.connection();
        if (!context.sas().isAlive(ike)) {
            throw IsakmpFailure.refused("ISAKMP SA " + ike.serial() + " is gone");
        }
        nat.leaveIkePort(ike);
        agreement.reserve(child, Inheritance.wants(child, ConnectionPolicy.COMPRESS));
        Bytes nonce = context.world().random().bytes(KeyAgreement.NONCE_LENGTH);
        child.phase2().setInitiatorNonce(nonce);
        List<Payload> payloads = new ArrayList<>();
        payloads.add(Phase2Proposals.offer(child, group, context));
        payloads.add(new NoncePayload(nonce));
        payloads.addAll(agreement.publicValue(child));
        if (ClientIds.areSent(c) || ike.nat().local()) {
            payloads.addAll(ClientIds.ofInitiator(c));
        }
        payloads.addAll(OriginalAddresses.ofInitiator(child));
        child.v1()
                .setIv(ike.phase1()
                        .keys()
                        .phase2Iv(ike.phase1().lastBlock(), child.v1().messageId()));
        transmitter.send(
                child,
                ExchangeType.QUICK,
                QuickHashes.hashed(context.world().impair(), child, Hash.FIRST, "outI1", payloads),
                true,
                "reply packet from quick_outI1");
        timers.retransmit(child);
        child.logger()
                .log(
                        child.state().code(),
                        child.state().story()
                                + child.replaces()
                                        .map(old -> ", to replace " + old)
                                        .orElse(""));
    }

    /** HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr] --&gt; HDR*, HASH(3). */
    private IsakmpVerdict answered(ChildSa child, IsakmpMessage message) throws IsakmpFailure {
        Optional<KeGroup> group = Phase2Proposals.pfsGroup(child);
        Phase2Choice choice = Phase2Proposals.accept(child, context, group, message.need(SaPayload.class));
        Phase2Proposals.adopt(child, choice);
        Phase2Proposals.setOutbound(child, choice);
        context.sas().index(child);
        child.phase2().setResponderNonce(KeyAgreement.nonce(message, "Nr"));
        OriginalAddresses.learn(child, message);
        Optional<Bytes> theirs = QuickAgreement.publicValue(child, choice.pfsGroup(), message, "Quick Mode R1");
        if (theirs.isEmpty()) {
            return install(child, message);
        }
        KeyExchange ours = child.phase2().localKe().orElseThrow();
        return IsakmpVerdict.suspend(resume -> context.world()
                .helpers()
                .submit(
                        () -> ours.sharedSecret(theirs.get()),
                        outcome -> resume.resume(() -> {
                            child.phase2().setSharedSecret(KeyAgreement.valueOf(outcome));
                            return install(child, message);
                        })));
    }

    private IsakmpVerdict install(ChildSa child, IsakmpMessage message) throws IsakmpFailure {
        EchoedClients.check(child, message);
        return agreement.install(child, () -> {
            agreement.installed(child);
            return IsakmpVerdict.reply(
                    QuickHashes.hashed(context.world().impair(), child, Hash.THIRD, "quick_inR1_outI2", List.of()));
        });
    }
}
