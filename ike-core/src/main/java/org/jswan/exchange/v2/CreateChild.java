// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.exchange.MessageRole.REQUEST;
import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;
import static org.jswan.wire.PayloadType.KE;
import static org.jswan.wire.PayloadType.NONCE;
import static org.jswan.wire.PayloadType.SA;
import static org.jswan.wire.PayloadType.TSI;
import static org.jswan.wire.PayloadType.TSR;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.MessageRole;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.kernel.KernelException;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.proposal.Proposal;
import org.jswan.proposal.ProposalBuilder;
import org.jswan.proposal.ProposalBuilder.ChildGroups;
import org.jswan.proposal.ProposalBuilder.ConfiguredGroups;
import org.jswan.proposal.ProposalBuilder.DefaultGroup;
import org.jswan.proposal.Proposals;
import org.jswan.sa.ChildSa;
import org.jswan.sa.CreateChildRequest;
import org.jswan.sa.CreateChildRequest.Purpose;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Succession.Successor;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Further Child SAs on an IKE SA (RFC 7296 §1.3.1), and successors of Child SAs (§1.3.3). When both ends replace the same
 * one at the same time, {@link org.jswan.sa.Succession} tells which of the two stays.
 *
 * <pre>
 * HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr}  --&gt;
 *                                                   &lt;--  HDR, SK {SA, Nr, [KEr,] TSi, TSr}
 *                                               or  &lt;--  HDR, SK {N(why not)}
 * </pre>
 */
public final class CreateChild {
    private static final int SPI_LENGTH = 4;

    private final Context context;
    private final Transmitter transmitter;
    private final ChildNegotiation children;

    public CreateChild(Context context, Transmitter transmitter) {
        this.context = context;
        this.transmitter = transmitter;
        this.children = new ChildNegotiation(context);
    }

    /** The transitions of this exchange. */
    public List<Row> rows() {
        return List.of(
                child("process rekey Child SA request (CREATE_CHILD_SA)", REQUEST)
                        .with(NotifyType.REKEY_SA)
                        .by(this::respondRekey),
                child("process create Child SA request (CREATE_CHILD_SA)", REQUEST)
                        .by(this::respondNew),
                child("process Child SA response (CREATE_CHILD_SA)", RESPONSE).by(this::responded));
    }

    /** A message that proposes, or accepts, a Child SA. */
    private static Row.Builder child(String story, MessageRole role) {
        return row(story)
                .on(ExchangeType.CREATE_CHILD_SA, role)
                .from(V2State.ESTABLISHED_IKE_SA)
                .to(V2State.ESTABLISHED_IKE_SA)
                .encrypted(SA, NONCE, TSI, TSR)
                .optional(KE);
    }

    /**
     * Asks for one more Child SA.
     *
     * @param watching told how it goes until it is decided
     */
    public void begin(IkeSa ike, Connection c, List<WhackSession> watching) {
        ChildSa larval = context.lifecycle().newChild(c, ike, IkeRole.INITIATOR, V2State.NEW_CHILD_I0);
        watching.forEach(larval.logger()::attach);
        larval.logger().log("initiating Child SA using IKE SA " + ike.serial());
        Proposals offered = ConnectionProposals.child(c, groups(ike, c));
        prepare(Purpose.NEW_CHILD, larval, offered, offered.firstGroup(), false);
    }

    /** Asks for a successor of a Child SA. */
    public void rekey(ChildSa old) {
        ChildSa larval =
                context.lifecycle().newChild(old.connection(), old.ike(), IkeRole.INITIATOR, V2State.REKEY_CHILD_I0);
        larval.setReplaces(old.serial());
        larval.logger().attachAll(old.logger());
        larval.logger().log("initiating rekey to replace Child SA " + old.serial());
        Proposals offered = successor(old);
        prepare(Purpose.REKEY_CHILD, larval, offered, offered.firstGroup(), false);
    }

    /** With perfect forward secrecy, where {@code esp=} names no group, that of the IKE SA. */
    private static ChildGroups groups(IkeSa ike, Connection c) {
        return c.has(ConnectionPolicy.PFS)
                ? new DefaultGroup(ike.suite().orElseThrow().group())
                : new ConfiguredGroups();
    }

    /** What is proposed, or accepted, for the successor: what the Child SA has, so that rekeying never weakens it. */
    private static Proposals successor(ChildSa old) {
        Connection c = old.connection();
        Proposal chosen = old.proposal().orElseThrow();
        KeGroup group = chosen.firstGroup()
                .or(() ->
                        c.has(ConnectionPolicy.PFS) ? old.ike().suite().map(suite -> suite.group()) : Optional.empty())
                .orElse(KeGroup.NONE);
        return ProposalBuilder.rekeyChild(chosen, group, c.has(ConnectionPolicy.MSDH_DOWNGRADE));
    }

    private void prepare(
            Purpose purpose, ChildSa larval, Proposals offered, Optional<KeGroup> group, boolean repeated) {
        Bytes nonce = context.world().random().bytes(Agreement.NONCE_LENGTH);
        if (group.isEmpty()) {
            ask(new CreateChildRequest(purpose, larval, offered, nonce, Optional.empty(), repeated));
            return;
        }
        context.world()
                .helpers()
                .submit(() -> group.get().generate(context.world().random()), outcome -> {
                    if (outcome.failure() != null) {
                        larval.logger()
                                .log(
                                        RcCode.LOG_SERIOUS,
                                        "Diffie-Hellman failed: "
                                                + outcome.failure().getMessage());
                        context.lifecycle().endChild(larval, Notice.NEVER);
                        return;
                    }
                    ask(new CreateChildRequest(
                            purpose, larval, offered, nonce, Optional.of(outcome.value()), repeated));
                });
    }

    private void ask(CreateChildRequest request) {
        ChildSa larval = (ChildSa) request.larval();
        if (!context.sas().isAlive(larval)) {
            request.destroy();
            return;
        }
        context.lifecycle().wish(larval.ike(), new IkeSa.Wish() {
            @Override
            public void fulfil(IkeSa ike) {
                send(ike, request);
            }

            @Override
            public void abandon() {
                request.destroy();
            }
        });
    }

    private void send(IkeSa ike, CreateChildRequest request) {
        ChildSa larval = (ChildSa) request.larval();
        if (!context.sas().isAlive(larval)) {
            request.destroy();
            return;
        }
        List<Payload> payloads = new ArrayList<>();
        V2State next = V2State.NEW_CHILD_I1;
        if (request.purpose() == Purpose.REKEY_CHILD) {
            Optional<ChildSa> old = predecessor(larval)
                    .filter(child ->
                            !child.isClosing() && child.succession().winner().isEmpty());
            if (old.isEmpty()) {
                larval.logger()
                        .logOnly("Child SA to rekey " + larval.replaces().orElseThrow()
                                + " vanished abort this exchange");
                request.destroy();
                context.lifecycle().endChild(larval, Notice.NEVER);
                return;
            }
            payloads.add(rekeySa(old.get()));
            next = V2State.REKEY_CHILD_I1;
        }
        try {
            if (larval.inbound().isPresent()) {
                // A second try, with another group: the SPI is reserved already.
                context.kernel().remove(larval);
            }
            payloads.addAll(withAgreement(
                    children.request(larval, request.proposals()), request.nonce(), request.keyExchange()));
        } catch (KernelException refused) {
            larval.logger().log(RcCode.LOG_SERIOUS, refused.getMessage());
            request.destroy();
            context.lifecycle().endChild(larval, Notice.NEVER);
            return;
        }
        context.sas().setState(larval, next);
        ike.setCreateChild(request);
        transmitter.sendRequest(ike, ExchangeType.CREATE_CHILD_SA, payloads);
        larval.logger().log(RcCode.NEW_V2_STATE + next.number(), next.story());
    }

    private Optional<ChildSa> predecessor(ChildSa larval) {
        return larval.replaces().flatMap(context.sas()::find).map(ChildSa.class::cast);
    }

    /** RFC 7296 §1.3.3: the SPI is "the SPI the exchange initiator would expect in inbound ESP or AH packets". */
    private static NotifyPayload rekeySa(ChildSa old) {
        Bytes spi = ChildSa.spiOctets(old.inbound().orElseThrow().spi());
        return new NotifyPayload(old.wireProtocol(), spi, NotifyType.REKEY_SA, Bytes.EMPTY);
    }

    /** The nonce and the KE payload stand behind the SA payload. */
    private static List<Payload> withAgreement(List<Payload> payloads, Bytes nonce, Optional<KeyExchange> ke) {
        List<Payload> all = new ArrayList<>(payloads);
        all.add(1, new NoncePayload(nonce));
        ke.ifPresent(ours -> all.add(2, new KePayload(Agreement.groupId(ours.group()), ours.publicValue())));
        return all;
    }

    /** HDR, SK {SA, Ni, [KEi,] TSi, TSr} --> HDR, SK {SA, Nr, [KEr,] TSi, TSr}. */
    private Verdict respondNew(IkeSa ike, Incoming request) {
        if (ike.awaits(Purpose.REKEY_IKE)) {
            // RFC 7296 §2.25.2
            return Verdict.reply(List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)));
        }
        ChildSa larval = context.lifecycle().newChild(ike.connection(), ike, IkeRole.RESPONDER, V2State.NEW_CHILD_R0);
        try {
            children.findConnection(larval, request);
            Proposals ours = ConnectionProposals.child(larval.connection(), groups(ike, larval.connection()));
            return answer(ike, larval, request, ours);
        } catch (ChildRefused refused) {
            return refuse(larval, refused);
        }
    }

    /** HDR, SK {N(REKEY_SA), SA, Ni, [KEi,] TSi, TSr} --> HDR, SK {SA, Nr, [KEr,] TSi, TSr}. */
    private Verdict respondRekey(IkeSa ike, Incoming request) {
        if (ike.awaits(Purpose.REKEY_IKE)) {
            return Verdict.reply(List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)));
        }
        NotifyPayload named = request.notify(NotifyType.REKEY_SA).orElseThrow();
        if (named.spi().length() != SPI_LENGTH) {
            ike.logger()
                    .log("CREATE_CHILD_SA IPsec SA rekey invalid spi size "
                            + named.spi().length());
            return Verdict.reply(List.of(NotifyPayload.of(NotifyType.INVALID_SYNTAX)));
        }
        Optional<ChildSa> found = ike.childByOutbound(named.protocol(), named.spi());
        if (found.isEmpty()) {
            ike.logger()
                    .log("CREATE_CHILD_SA no such IPsec SA to rekey SA(0x"
                            + named.spi().hex() + ") Protocol " + protocolName(named.protocol()));
            return Verdict.reply(List.of(
                    new NotifyPayload(named.protocol(), named.spi(), NotifyType.CHILD_SA_NOT_FOUND, Bytes.EMPTY)));
        }
        ChildSa old = found.get();
        if (old.isClosing()) {
            // RFC 7296 §2.25.1
            return Verdict.reply(List.of(NotifyPayload.of(NotifyType.TEMPORARY_FAILURE)));
        }
        ChildSa larval = context.lifecycle().newChild(old.connection(), ike, IkeRole.RESPONDER, V2State.REKEY_CHILD_R0);
        larval.setReplaces(old.serial());
        try {
            children.keepConnection(larval, old, request);
            return answer(ike, larval, request, successor(old));
        } catch (ChildRefused refused) {
            return refuse(larval, refused);
        }
    }

    private static String protocolName(int protocol) {
        return switch (protocol) {
            case DeletePayload.ESP -> "PROTO_v2_ESP";
            case DeletePayload.AH -> "PROTO_v2_AH";
            default -> Integer.toString(protocol);
        };
    }

    private Verdict refuse(ChildSa larval, ChildRefused refused) {
        context.lifecycle().endChild(larval, Notice.NEVER);
        return Verdict.reply(refused.answer());
    }

    private Verdict answer(IkeSa ike, ChildSa larval, Incoming request, Proposals ours) throws ChildRefused {
        Bytes ni = Agreement.nonce(request);
        check(larval, Agreement.nonceFault(ni, "Ni"));
        Proposal proposal = children.judge(larval, request, ours, "CREATE_CHILD_SA request");
        Nonces nonces = new Nonces(ni, context.world().random().bytes(Agreement.NONCE_LENGTH));
        Optional<KeGroup> group = proposal.firstGroup();
        if (group.isEmpty()) {
            return Verdict.suspendHolding(
                    resume -> finish(ike, larval, proposal, nonces, Optional.empty(), Optional.empty(), resume));
        }
        Bytes peer = peerValue(larval, request, group.get());
        return Verdict.suspendHolding(resume -> context.world()
                .helpers()
                .submit(
                        () -> KeyAgreement.with(
                                group.get(), peer, context.world().random()),
                        outcome -> {
                            if (outcome.failure() != null) {
                                larval.logger()
                                        .log(
                                                RcCode.LOG_SERIOUS,
                                                "Diffie-Hellman failed: "
                                                        + outcome.failure().getMessage());
                                resume.resume(() -> refuse(larval, new ChildRefused(NotifyType.INVALID_SYNTAX)));
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

    private static void check(ChildSa larval, Optional<String> fault) throws ChildRefused {
        if (fault.isPresent()) {
            larval.logger().log(RcCode.LOG_SERIOUS, fault.get());
            throw new ChildRefused(NotifyType.INVALID_SYNTAX);
        }
    }

    private static Bytes peerValue(ChildSa larval, Incoming message, KeGroup group) throws ChildRefused {
        Optional<KePayload> ke = message.first(KePayload.class);
        check(
                larval,
                ke.isEmpty() ? Optional.of("KE payload of group " + group.fqn() + " is missing") : Optional.empty());
        if (ke.get().group() != Agreement.groupId(group)) {
            larval.logger()
                    .log("initiator guessed wrong keying material group (" + Agreement.groupName(ke.get())
                            + "); responding with INVALID_KE_PAYLOAD requesting " + group.fqn());
            throw new ChildRefused(NotifyType.INVALID_KE_PAYLOAD, Agreement.groupOctets(group));
        }
        check(larval, Agreement.lengthFault(ke.get(), group));
        return ke.get().data();
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
                keys(ike, larval, sharedSecret, nonces),
                payloads -> resume.resume(() -> {
                    if (!context.sas().isAlive(larval)) {
                        ours.ifPresent(KeyExchange::destroy);
                        return Verdict.reply(payloads);
                    }
                    List<Payload> answer = withAgreement(payloads, nonces.nr(), ours);
                    ours.ifPresent(KeyExchange::destroy);
                    succeed(larval, false, nonces);
                    return Verdict.reply(answer);
                }));
    }

    private static ChildKeys keys(IkeSa ike, ChildSa larval, Optional<Secret> sharedSecret, Nonces nonces) {
        try {
            return ChildKeys.derive(
                    ike.keys(), sharedSecret, nonces, larval.suite().orElseThrow());
        } finally {
            sharedSecret.ifPresent(Secret::destroy);
        }
    }

    /** HDR, SK {SA, Nr, [KEr,] TSi, TSr}. */
    private Verdict responded(IkeSa ike, Incoming response) throws ProtocolFailure {
        Optional<CreateChildRequest> asked = ike.createChild();
        if (asked.isEmpty() || asked.get().purpose() == Purpose.REKEY_IKE) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA_AND_TELL, "CREATE_CHILD_SA response is not one to what was asked for");
        }
        CreateChildRequest request = asked.get();
        ChildSa larval = (ChildSa) request.larval();
        if (!context.sas().isAlive(larval)) {
            return withdraw(ike, larval);
        }
        try {
            Bytes nr = Agreement.nonce(response);
            check(larval, Agreement.nonceFault(nr, "Nr"));
            children.adopt(
                    larval,
                    response,
                    request.proposals(),
                    "CREATE_CHILD_SA responder matching remote ESP/AH proposals");
            Nonces nonces = new Nonces(request.nonce(), nr);
            Optional<KeGroup> group = larval.pfsGroup();
            if (group.isEmpty()) {
                return install(ike, larval, Optional.empty(), nonces);
            }
            Bytes peer = peerValue(larval, response, group.get());
            KeyExchange ours = request.keyExchange()
                    .filter(ke -> ke.group() == group.get())
                    .orElseThrow(() -> new ChildRefused(NotifyType.INVALID_KE_PAYLOAD));
            return Verdict.suspendHolding(resume -> context.world()
                    .helpers()
                    .submit(
                            () -> ours.sharedSecret(peer),
                            outcome -> resume.resume(() -> {
                                if (outcome.failure() != null) {
                                    larval.logger()
                                            .log(
                                                    RcCode.LOG_SERIOUS,
                                                    "Diffie-Hellman failed: "
                                                            + outcome.failure().getMessage());
                                    return withdraw(ike, larval);
                                }
                                return install(ike, larval, Optional.of(outcome.value()), nonces);
                            })));
        } catch (ChildRefused refused) {
            return withdraw(ike, larval);
        }
    }

    private Verdict install(IkeSa ike, ChildSa larval, Optional<Secret> sharedSecret, Nonces nonces) {
        if (!context.sas().isAlive(larval)) {
            sharedSecret.ifPresent(Secret::destroy);
            return withdraw(ike, larval);
        }
        ChildKeys keys = keys(ike, larval, sharedSecret, nonces);
        return Verdict.suspendHolding(resume -> children.install(
                larval,
                keys,
                installed -> resume.resume(() -> {
                    if (installed != ChildNegotiation.Installed.UP) {
                        return withdraw(ike, larval);
                    }
                    ike.clearCreateChild();
                    succeed(larval, true, nonces);
                    return Verdict.advance();
                })));
    }

    /** The peer has a Child SA that we do not have, or not any more: it learns that there is no other half. */
    private Verdict withdraw(IkeSa ike, ChildSa larval) {
        ike.clearCreateChild();
        if (context.sas().isAlive(larval)) {
            context.lifecycle().endChild(larval, Notice.ALWAYS);
        } else {
            Bytes spi = ChildSa.spiOctets(larval.inbound().orElseThrow().spi());
            int protocol = larval.wireProtocol();
            ike.wish(sa -> transmitter.sendRequest(
                    sa, ExchangeType.INFORMATIONAL, List.of(DeletePayload.child(protocol, List.of(spi)))));
        }
        return Verdict.advance();
    }

    /** A Child SA is up: if it replaces another one, it is decided who ends what. */
    private void succeed(ChildSa next, boolean weBegan, Nonces nonces) {
        Optional<ChildSa> replaced = predecessor(next);
        if (replaced.isEmpty()) {
            return;
        }
        ChildSa old = replaced.get();
        old.succession().add(Successor.of(next, weBegan, nonces));
        Successor winner = old.succession().winner().orElseThrow();
        old.connection().setNewestChild(Optional.of(winner.serial()));
        for (Successor loser : old.succession().losers()) {
            context.sas().find(loser.serial()).map(ChildSa.class::cast).ifPresent(sa -> {
                sa.succession().add(winner);
                if (loser.weBegan()) {
                    context.lifecycle().closeChild(sa);
                }
            });
        }
        if (winner.weBegan()) {
            context.lifecycle().retire(old);
        } else {
            context.lifecycle().leaveToPeer(old);
        }
    }

    /** The peer wants another group: the same request again, with that. */
    void again(CreateChildRequest refused, KeGroup group) {
        prepare(refused.purpose(), (ChildSa) refused.larval(), refused.proposals(), Optional.of(group), true);
    }
}
