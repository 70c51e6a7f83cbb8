// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import static org.jswan.exchange.MessageRole.RESPONSE;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.KeyExchange;
import org.jswan.crypto.keymat.ChildKeys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Row;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.exchange.v2.agreement.KeyShare;
import org.jswan.kernel.KernelException;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.proposal.Proposals;
import org.jswan.sa.ChildSa;
import org.jswan.sa.CreateChildRequest;
import org.jswan.sa.CreateChildRequest.Purpose;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.wire.v2.NotifyPayload;

/** Asks for further Child SAs on an IKE SA (RFC 7296 §1.3.1), and for successors of Child SAs (§1.3.3).
 *
 * <pre>
 * HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr}  --&gt;
 *                                                   &lt;--  HDR, SK {SA, Nr, [KEr,] TSi, TSr}
 *                                               or  &lt;--  HDR, SK {N(why not)}
 * </pre>
 */
public final class CreateChildInitiator {
    private final Context context;
    private final Transmitter transmitter;
    private final ChildNegotiation children;
    private final ChildSuccession succession;

    public CreateChildInitiator(Context context, Transmitter transmitter) {
        this.context = context;
        this.transmitter = transmitter;
        this.children = new ChildNegotiation(context);
        this.succession = new ChildSuccession(context);
    }

    /** The transition of this end. */
    public List<Row> rows() {
        return List.of(ChildAgreement.row("process Child SA response (CREATE_CHILD_SA)", RESPONSE)
                .by(this::responded));
    }

    /**
     * Asks for one more Child SA.
     *
     * @param watching told how it goes until it is decided
     */
    public void begin(IkeSa ike, Connection c, List<WhackSession> watching) {
        ChildSa larval = context.newSas().child(c, ike, IkeRole.INITIATOR, V2State.NEW_CHILD_I0);
        watching.forEach(session -> {
            larval.logger().attach(session);
            // The IKE SA may have to repeat the request, or find that the peer is gone.
            ike.logger().attach(session);
        });
        larval.logger().log("initiating Child SA using IKE SA " + ike.serial());
        Proposals offered = ChildAgreement.another(ike, larval);
        prepare(Purpose.NEW_CHILD, larval, offered, offered.firstGroup(), false);
    }

    /** Asks for a successor of a Child SA. */
    public void rekey(ChildSa old) {
        ChildSa larval = context.newSas().child(old.connection(), old.ike(), IkeRole.INITIATOR, V2State.REKEY_CHILD_I0);
        larval.setReplaces(old.serial());
        larval.logger().attachAll(old.logger());
        larval.logger().log("initiating rekey to replace Child SA " + old.serial());
        Proposals offered = ChildAgreement.successor(old);
        prepare(Purpose.REKEY_CHILD, larval, offered, offered.firstGroup(), false);
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
                        larval.logger().log(RcCode.LOG_SERIOUS, KeyShare.failure(outcome));
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
            Optional<ChildSa> old = succession
                    .predecessor(larval)
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
                context.kernel().remove(larval, () -> {});
            }
            payloads.addAll(ChildAgreement.withAgreement(
                    children.request(larval, request.proposals()), request.nonce(), request.keyExchange()));
        } catch (KernelException refused) {
            larval.logger().log(RcCode.LOG_SERIOUS, refused.getMessage());
            request.destroy();
            context.lifecycle().refuseChild(larval, Notice.NEVER);
            return;
        }
        context.sas().setState(larval, next);
        ike.setCreateChild(request);
        transmitter.sendRequest(ike, ExchangeType.CREATE_CHILD_SA, payloads);
        larval.logger().log(next.code(), next.story());
    }

    /** RFC 7296 §1.3.3: the SPI is that of the packets which come in to the end that asks. */
    private static NotifyPayload rekeySa(ChildSa old) {
        Bytes spi = ChildSa.spiOctets(old.inbound().orElseThrow().spi());
        return new NotifyPayload(old.wireProtocol(), spi, NotifyType.REKEY_SA, Bytes.EMPTY);
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
            ChildAgreement.check(larval, Agreement.nonceFault(nr, "Nr"));
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
            Bytes peer = ChildAgreement.peerValue(larval, response, group.get());
            KeyExchange ours = request.keyExchange()
                    .filter(ke -> ke.group() == group.get())
                    .orElseThrow(() -> new ChildRefused(NotifyType.INVALID_KE_PAYLOAD));
            return Verdict.suspendHolding(resume -> context.world()
                    .helpers()
                    .submit(
                            () -> ours.sharedSecret(peer),
                            outcome -> resume.resume(() -> {
                                if (outcome.failure() != null) {
                                    larval.logger().log(RcCode.LOG_SERIOUS, KeyShare.failure(outcome));
                                    return withdraw(ike, larval);
                                }
                                return install(ike, larval, Optional.of(outcome.value()), nonces);
                            })));
        } catch (ChildRefused refused) {
            if (request.purpose() == Purpose.REKEY_CHILD && refused.why().equals(NotifyType.TS_UNACCEPTABLE)) {
                // As libreswan: a peer that answers with other packets than those of the predecessor is not told.
                ike.clearCreateChild();
                context.lifecycle().endChild(larval, Notice.NEVER);
                return Verdict.advance();
            }
            return withdraw(ike, larval);
        }
    }

    private Verdict install(IkeSa ike, ChildSa larval, Optional<Secret> sharedSecret, Nonces nonces) {
        if (!context.sas().isAlive(larval)) {
            sharedSecret.ifPresent(Secret::destroy);
            return withdraw(ike, larval);
        }
        ChildKeys keys = ChildAgreement.keys(ike, larval, sharedSecret, nonces);
        return Verdict.suspendHolding(resume -> children.install(
                larval,
                keys,
                installed -> resume.resume(() -> {
                    if (installed != ChildNegotiation.Installed.UP) {
                        return withdraw(ike, larval);
                    }
                    ike.clearCreateChild();
                    succession.succeed(larval, true, nonces);
                    return Verdict.advance();
                })));
    }

    /** The peer has a Child SA that we do not have, or not any more: it learns that there is no other half. */
    private Verdict withdraw(IkeSa ike, ChildSa larval) {
        ike.clearCreateChild();
        if (context.sas().isAlive(larval)) {
            context.lifecycle().refuseChild(larval, Notice.ALWAYS);
        } else {
            Bytes spi = ChildSa.spiOctets(larval.inbound().orElseThrow().spi());
            int protocol = larval.wireProtocol();
            ike.wish(sa -> transmitter.sendRequest(
                    sa, ExchangeType.INFORMATIONAL, List.of(DeletePayload.child(protocol, List.of(spi)))));
        }
        return Verdict.advance();
    }

    /** The peer wants another group: the same request again, with that. */
    void again(CreateChildRequest refused, KeGroup group) {
        prepare(refused.purpose(), (ChildSa) refused.larval(), refused.proposals(), Optional.of(group), true);
    }
}
