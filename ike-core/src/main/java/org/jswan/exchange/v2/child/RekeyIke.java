// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;

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
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.RefusalLine;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.ConnectionProposals;
import org.jswan.exchange.v2.agreement.ImpairedProposals;
import org.jswan.exchange.v2.agreement.KeyAgreement;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.log.RcCode;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalMatcher;
import org.jswan.proposal.Selection;
import org.jswan.sa.CreateChildRequest;
import org.jswan.sa.CreateChildRequest.Purpose;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.State;
import org.jswan.sa.Succession.Successor;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;
import org.jswan.wire.v2.SaPayload;

/**
 * Successors of IKE SAs (RFC 7296 §1.3.2, §2.18): new SPIs, new keys, and the old SA's children. The old SA is ended by
 * whoever asked for the successor.
 *
 * <pre>
 * HDR, SK {SA, Ni, KEi}  --&gt;
 *                        &lt;--  HDR, SK {SA, Nr, KEr}
 * </pre>
 */
public final class RekeyIke {
    private final Context context;
    private final Transmitter transmitter;

    public RekeyIke(Context context, Transmitter transmitter) {
        this.context = context;
        this.transmitter = transmitter;
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                row("process rekey IKE SA request (CREATE_CHILD_SA)")
                        .on(ExchangeType.CREATE_CHILD_SA, REQUEST)
                        .from(V2State.ESTABLISHED_IKE_SA)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(SA, KE, NONCE)
                        .by(this::respond),
                row("process rekey IKE SA response (CREATE_CHILD_SA)")
                        .on(ExchangeType.CREATE_CHILD_SA, RESPONSE)
                        .from(V2State.ESTABLISHED_IKE_SA)
                        .to(V2State.ESTABLISHED_IKE_SA)
                        .encrypted(SA, KE, NONCE)
                        .by(this::responded));
    }

    /** Asks for a successor. */
    public void begin(IkeSa old) {
        IkeSa larval = context.newSas().successor(old, IkeRole.INITIATOR, IkeSpi.ZERO, V2State.REKEY_IKE_I0);
        larval.logger().attachAll(old.logger());
        larval.logger().log("initiating rekey to replace IKE SA " + old.serial());
        prepare(old, larval, old.suite().orElseThrow().group(), false);
    }

    /** The peer wants another group: the same request again, with that. */
    void again(IkeSa old, CreateChildRequest refused, KeGroup group) {
        prepare(old, (IkeSa) refused.larval(), group, true);
    }

    private void prepare(IkeSa old, IkeSa larval, KeGroup group, boolean repeated) {
        context.world().helpers().submit(() -> group.generate(context.world().random()), outcome -> {
            if (outcome.failure() != null) {
                larval.logger().log(RcCode.LOG_SERIOUS, KeyShare.failure(outcome));
                context.lifecycle().abandon(old, larval);
                return;
            }
            CreateChildRequest request = new CreateChildRequest(
                    Purpose.REKEY_IKE,
                    larval,
                    ProposalBuilder.rekeyIke(old.proposal().orElseThrow()),
                    context.world().random().bytes(Agreement.NONCE_LENGTH),
                    Optional.of(outcome.value()),
                    repeated);
            if (!context.sas().isAlive(larval)) {
                request.destroy();
                return;
            }
            context.lifecycle().wish(old, new IkeSa.Wish() {
                @Override
                public void fulfil(IkeSa ike) {
                    send(old, ike, request);
                }

                @Override
                public void abandon() {
                    request.destroy();
                }
            });
        });
    }

    /** @param now {@code old}, unless the peer was faster in replacing it */
    private void send(IkeSa old, IkeSa now, CreateChildRequest request) {
        IkeSa larval = (IkeSa) request.larval();
        if (old != now || !context.sas().isAlive(larval)) {
            request.destroy();
            context.lifecycle().abandon(old, larval);
            return;
        }
        KeyExchange ours = request.keyExchange().orElseThrow();
        context.sas().setState(larval, V2State.REKEY_IKE_I1);
        old.setCreateChild(request);
        transmitter.sendRequest(
                old,
                ExchangeType.CREATE_CHILD_SA,
                List.of(
                        ImpairedProposals.offer(
                                request.proposals(),
                                larval.initiatorSpi().octets(),
                                context.world().impair(),
                                larval.logger()),
                        new NoncePayload(request.nonce()),
                        new KePayload(Agreement.groupId(ours.group()), ours.publicValue())));
        State state = larval.state();
        larval.logger().log(state.code(), state.story());
    }

    /** HDR, SK {SA, Ni, KEi} --> HDR, SK {SA, Nr, KEr}. */
    private Verdict respond(IkeSa old, Incoming request) throws ProtocolFailure {
        if (old.window().isRequestOutstanding() && !old.awaits(Purpose.REKEY_IKE)) {
            // RFC 7296 §2.25.2: what we ask for, or delete, has to be settled before the children move.
            return refuse(old, request, NotifyPayload.of(NotifyType.TEMPORARY_FAILURE));
        }
        Bytes ni = Agreement.nonce(request);
        Optional<String> fault = Agreement.nonceFault(ni, "Ni");
        if (fault.isPresent()) {
            throw ProtocolFailure.of(NotifyType.INVALID_SYNTAX, Scope.IKE_SA, fault.get());
        }
        Selection selection = ProposalMatcher.choose(
                ConnectionProposals.ike(old.connection()), request.need(SaPayload.class), true, true);
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> old.logger().log(RcCode.LOG_SERIOUS, line));
            return refuse(old, request, NotifyPayload.of(refused.notification()));
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        Proposal proposal = chosen.proposal();
        KeGroup group = proposal.ikeSuite().group();
        KePayload ke = request.need(KePayload.class);
        if (ke.group() != Agreement.groupId(group)) {
            old.logger()
                    .log("initiator guessed wrong keying material group (" + Agreement.groupName(ke)
                            + "); responding with INVALID_KE_PAYLOAD requesting " + group.fqn());
            return refuse(old, request, NotifyPayload.of(NotifyType.INVALID_KE_PAYLOAD, Agreement.groupOctets(group)));
        }
        fault = Agreement.lengthFault(ke, group);
        IkeSpi peerSpi = new IkeSpi(proposal.spi().buffer().getLong());
        if (fault.isEmpty() && peerSpi.isZero()) {
            fault = Optional.of("proposal to rekey the IKE SA has a zero SPI");
        }
        if (fault.isPresent()) {
            throw ProtocolFailure.of(NotifyType.INVALID_SYNTAX, Scope.IKE_SA, fault.get());
        }
        IkeSa next = context.newSas().successor(old, IkeRole.RESPONDER, peerSpi, V2State.REKEY_IKE_R0);
        chosen.log().forEach(next.logger()::log);
        chosen.debug().forEach(next.logger()::debug);
        next.setProposal(proposal);
        return Verdict.suspendHolding(resume -> context.world()
                .helpers()
                .submit(
                        () -> KeyAgreement.with(
                                group, ke.data(), context.world().random()),
                        outcome -> resume.resume(() -> {
                            if (outcome.failure() != null) {
                                context.lifecycle().abandon(old, next);
                                throw ProtocolFailure.of(
                                        NotifyType.INVALID_SYNTAX, Scope.IKE_SA, KeyShare.failure(outcome));
                            }
                            return answer(old, next, proposal, ni, outcome.value());
                        })));
    }

    private static Verdict refuse(IkeSa old, Incoming request, NotifyPayload why) {
        RefusalLine.log(old.logger(), old, request, why.notifyType());
        return Verdict.reply(List.of(why));
    }

    private Verdict answer(IkeSa old, IkeSa next, Proposal proposal, Bytes ni, KeyAgreement made) {
        Nonces nonces = new Nonces(ni, context.world().random().bytes(Agreement.NONCE_LENGTH));
        List<Payload> payloads = List.of(
                ImpairedProposals.answer(
                        proposal, next.responderSpi().octets(), context.world().impair(), next.logger()),
                new NoncePayload(nonces.nr()),
                new KePayload(
                        Agreement.groupId(made.ours().group()), made.ours().publicValue()));
        made.ours().destroy();
        establish(old, next, made.sharedSecret(), nonces);
        return Verdict.reply(payloads);
    }

    /** HDR, SK {SA, Nr, KEr}. */
    private Verdict responded(IkeSa old, Incoming response) throws ProtocolFailure {
        CreateChildRequest request = old.createChild()
                .filter(asked -> asked.purpose() == Purpose.REKEY_IKE)
                .orElseThrow(() -> ProtocolFailure.silent(
                        Scope.IKE_SA_AND_TELL, "CREATE_CHILD_SA response is not one to what was asked for"));
        IkeSa next = (IkeSa) request.larval();
        if (!context.sas().isAlive(next)) {
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, "IKE SA under negotiation was deleted");
        }
        Bytes nr = Agreement.nonce(response);
        Optional<String> fault = Agreement.nonceFault(nr, "Nr");
        Selection selection = ProposalMatcher.accept(request.proposals(), response.need(SaPayload.class), true, true);
        if (selection instanceof Selection.Refused refused) {
            refused.log().forEach(line -> next.logger().log(RcCode.LOG_SERIOUS, line));
            throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, "");
        }
        Selection.Chosen chosen = (Selection.Chosen) selection;
        chosen.log().forEach(next.logger()::log);
        chosen.debug().forEach(next.logger()::debug);
        KeyExchange ours = request.keyExchange().orElseThrow();
        KePayload ke = response.need(KePayload.class);
        IkeSpi peerSpi = new IkeSpi(chosen.proposal().spi().buffer().getLong());
        if (fault.isEmpty()) {
            fault = Agreement.lengthFault(ke, ours.group());
        }
        if (fault.isPresent()
                || ke.group() != Agreement.groupId(ours.group())
                || chosen.proposal().ikeSuite().group() != ours.group()
                || peerSpi.isZero()) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL,
                    fault.orElse("response to rekey the IKE SA has another group or a zero SPI"));
        }
        next.setProposal(chosen.proposal());
        next.setResponderSpi(peerSpi);
        return Verdict.suspendHolding(resume -> context.world()
                .helpers()
                .submit(
                        () -> ours.sharedSecret(ke.data()),
                        outcome -> resume.resume(() -> {
                            if (outcome.failure() != null) {
                                throw ProtocolFailure.silent(Scope.IKE_SA_AND_TELL, KeyShare.failure(outcome));
                            }
                            Nonces nonces = new Nonces(request.nonce(), nr);
                            old.clearCreateChild();
                            establish(old, next, outcome.value(), nonces);
                            return Verdict.advance();
                        })));
    }

    private void establish(IkeSa old, IkeSa next, Secret sharedSecret, Nonces nonces) {
        try (sharedSecret) {
            next.setKeys(old.keys()
                    .rekey(
                            next.suite().orElseThrow(),
                            sharedSecret,
                            nonces,
                            next.initiatorSpi().octets(),
                            next.responderSpi().octets()));
        }
        context.newSas().emancipate(old, next);
        next.logger()
                .log(RcCode.SUCCESS, next.role() + " rekeyed IKE SA " + old.serial() + " " + next.algorithmsText());
        next.logger().detachAll();
        old.succession().add(Successor.of(next, next.role() == IkeRole.INITIATOR, nonces));
        settle(old);
        if (context.sas().isAlive(next) && !next.isArmed(Sa.Event.REPLACE)) {
            // It was not left to the peer.
            context.lifetimes().armIkeLife(next);
        }
    }

    /**
     * Decides who takes the children over and who ends what; not as long as a request of ours may bring another successor
     * (RFC 7296 §2.8.2).
     */
    void settle(IkeSa old) {
        Optional<Successor> winner = old.succession().winner();
        Optional<IkeSa> heir = context.lifecycle().heir(old);
        if (winner.isEmpty() || heir.isEmpty() || old.awaits(Purpose.REKEY_IKE)) {
            return;
        }
        context.lifecycle().succeed(old, heir.get());
        for (Successor loser : old.succession().losers()) {
            context.sas().find(loser.serial()).map(IkeSa.class::cast).ifPresent(sa -> {
                sa.succession().add(winner.get());
                context.lifecycle().succeed(sa, heir.get());
                if (loser.weBegan()) {
                    context.lifecycle().end(sa, Notice.IF_ESTABLISHED);
                } else {
                    context.lifetimes().leaveToPeer(sa);
                }
            });
        }
        if (winner.get().weBegan()) {
            context.lifetimes().retire(old);
        } else {
            context.lifetimes().leaveToPeer(old);
        }
    }
}
