// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.wire.PayloadType.CP;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.RefusalLine;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.KeyAgreement;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.Proposals;
import org.jswan.sa.ChildSa;
import org.jswan.sa.CreateChildRequest.Purpose;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.NotifyPayload;

/** Answers the peer that asks for further Child SAs (RFC 7296 §1.3.1) or for successors of Child SAs (§1.3.3).
 *
 * <pre>
 * HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr}  --&gt;
 *                                                   &lt;--  HDR, SK {SA, Nr, [KEr,] TSi, TSr}
 *                                               or  &lt;--  HDR, SK {N(why not)}
 * </pre>
 */
public final class CreateChildResponder {
    private static final int SPI_LENGTH = 4;

    private final Context context;
    private final ChildNegotiation children;
    private final ChildSuccession succession;

    public CreateChildResponder(Context context) {
        this.context = context;
        this.children = new ChildNegotiation(context);
        this.succession = new ChildSuccession(context);
    }

    /** The transitions of this end. */
    public List<Row> rows() {
        return List.of(
                ChildAgreement.row("process rekey Child SA request (CREATE_CHILD_SA)", REQUEST)
                        .with(NotifyType.REKEY_SA)
                        .optional(CP)
                        .by(this::respondRekey),
                ChildAgreement.row("process create Child SA request (CREATE_CHILD_SA)", REQUEST)
                        .optional(CP)
                        .by(this::respondNew));
    }

    /** HDR, SK {SA, Ni, [KEi,] TSi, TSr} --> HDR, SK {SA, Nr, [KEr,] TSi, TSr}. */
    private Verdict respondNew(IkeSa ike, Incoming request) {
        if (ike.awaits(Purpose.REKEY_IKE)) {
            // RFC 7296 §2.25.2
            return refuse(ike, request, NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        if (!Strangers.mayHaveAnother(ike)) {
            return refuse(ike, request, NotifyPayload.of(NotifyType.NO_ADDITIONAL_SAS));
        }
        ChildSa larval = context.newSas().child(ike.connection(), ike, IkeRole.RESPONDER, V2State.NEW_CHILD_R0);
        try {
            children.findConnection(larval, request);
            return answer(ike, larval, request, ChildAgreement.another(ike, larval));
        } catch (ChildRefused refused) {
            return refuse(larval, request, refused);
        }
    }

    /** HDR, SK {N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr} --> HDR, SK {SA, Nr, [KEr,] TSi, TSr}. */
    private Verdict respondRekey(IkeSa ike, Incoming request) {
        if (ike.awaits(Purpose.REKEY_IKE)) {
            return refuse(ike, request, NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        NotifyPayload named = request.notify(NotifyType.REKEY_SA).orElseThrow();
        if (named.spi().length() != SPI_LENGTH) {
            ike.logger()
                    .log("CREATE_CHILD_SA IPsec SA rekey invalid spi size "
                            + named.spi().length());
            return refuse(ike, request, NotifyPayload.of(NotifyType.INVALID_SYNTAX));
        }
        Optional<ChildSa> found = ike.childByOutbound(named.protocol(), named.spi());
        if (found.isEmpty()) {
            ike.logger()
                    .log("CREATE_CHILD_SA no such IPsec SA to rekey SA(0x"
                            + named.spi().hex() + ") Protocol " + protocolName(named.protocol()));
            return refuse(
                    ike,
                    request,
                    new NotifyPayload(named.protocol(), named.spi(), NotifyType.CHILD_SA_NOT_FOUND, Bytes.EMPTY));
        }
        ChildSa old = found.get();
        if (old.isClosing()) {
            // RFC 7296 §2.25.1
            return refuse(ike, request, NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        if (!Strangers.mayHaveAnother(ike)) {
            return refuse(ike, request, NotifyPayload.of(NotifyType.NO_ADDITIONAL_SAS));
        }
        ChildSa larval = context.newSas().child(old.connection(), ike, IkeRole.RESPONDER, V2State.REKEY_CHILD_R0);
        larval.setReplaces(old.serial());
        try {
            children.keepConnection(larval, request);
            return answer(ike, larval, request, ChildAgreement.successor(old));
        } catch (ChildRefused refused) {
            return refuse(larval, request, refused);
        }
    }

    private static String protocolName(int protocol) {
        return switch (protocol) {
            case DeletePayload.ESP -> "PROTO_v2_ESP";
            case DeletePayload.AH -> "PROTO_v2_AH";
            default -> Integer.toString(protocol);
        };
    }

    private static Verdict refuse(IkeSa ike, Incoming request, NotifyPayload why) {
        RefusalLine.log(ike.logger(), ike, request, why.notifyType());
        return Verdict.reply(List.of(why));
    }

    private Verdict refuse(ChildSa larval, Incoming request, ChildRefused refused) {
        // As libreswan: what is proposed is a matter of the IKE SA.
        boolean ofIke = refused.why().equals(NotifyType.NO_PROPOSAL_CHOSEN);
        RefusalLine.log(ofIke ? larval.ike().logger() : larval.logger(), larval.ike(), request, refused.why());
        context.lifecycle().endChild(larval, Notice.NEVER);
        return Verdict.reply(refused.answer());
    }

    private Verdict answer(IkeSa ike, ChildSa larval, Incoming request, Proposals ours) throws ChildRefused {
        Bytes ni = Agreement.nonce(request);
        ChildAgreement.check(larval, Agreement.nonceFault(ni, "Ni"));
        Proposal proposal = children.judge(larval, request, ours, "CREATE_CHILD_SA request");
        Nonces nonces = new Nonces(ni, context.world().random().bytes(Agreement.NONCE_LENGTH));
        Optional<KeGroup> group = proposal.firstGroup();
        if (group.isEmpty()) {
            return Verdict.suspendHolding(
                    resume -> finish(ike, larval, proposal, nonces, Optional.empty(), Optional.empty(), resume));
        }
        Bytes peer = ChildAgreement.peerValue(larval, request, group.get());
        return Verdict.suspendHolding(resume -> context.world()
                .helpers()
                .submit(
                        () -> KeyAgreement.with(
                                group.get(), peer, context.world().random()),
                        outcome -> {
                            if (outcome.failure() != null) {
                                larval.logger().log(RcCode.LOG_SERIOUS, KeyShare.failure(outcome));
                                resume.resume(
                                        () -> refuse(larval, request, new ChildRefused(NotifyType.INVALID_SYNTAX)));
                                return;
                            }
                            KeyAgreement made = outcome.value();
                            finish(
                                    ike,
                                    larval,
                                    proposal,
                                    nonces,
                                    Optional.of(made.ours()),
                                    Optional.of(made.sharedSecret()),
                                    resume);
                        }));
    }

    private void finish(
            IkeSa ike,
            ChildSa larval,
            Proposal proposal,
            Nonces nonces,
            Optional<KeyExchange> ours,
            Optional<Secret> sharedSecret,
            Verdict.Resumption resume) {
        if (!context.sas().isAlive(larval)) {
            sharedSecret.ifPresent(Secret::destroy);
            ours.ifPresent(KeyExchange::destroy);
            resume.resume(() -> Verdict.reply(List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE))));
            return;
        }
        children.answer(
                larval,
                proposal,
                ChildAgreement.keys(ike, larval, sharedSecret, nonces),
                payloads -> resume.resume(() -> {
                    if (!context.sas().isAlive(larval)) {
                        ours.ifPresent(KeyExchange::destroy);
                        return Verdict.reply(payloads);
                    }
                    List<Payload> answer = ChildAgreement.withAgreement(payloads, nonces.nr(), ours);
                    ours.ifPresent(KeyExchange::destroy);
                    succession.succeed(larval, false, nonces);
                    return Verdict.reply(answer);
                }));
    }
}
