// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import static org.jswan.exchange.MessageRole.RESPONSE;
import static org.jswan.exchange.Row.row;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.connection.Connection;
import org.jswan.crypto.KeGroup;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.Row;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.agreement.Agreement;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.CreateChildRequest;
import org.jswan.sa.CreateChildRequest.Purpose;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NotifyPayload;

/** The peer refuses a CREATE_CHILD_SA request: what becomes of what it was for. */
public final class CreateChildRefusal {
    private final Context context;
    private final CreateChildInitiator createChild;
    private final RekeyIke rekeyIke;
    private Consumer<Sa> onHopeless = sa -> {};
    private Consumer<Connection> onBusy = connection -> {};

    public CreateChildRefusal(Context context, CreateChildInitiator createChild, RekeyIke rekeyIke) {
        this.context = context;
        this.createChild = createChild;
        this.rekeyIke = rekeyIke;
    }

    /** Who makes a successor of an SA in another way if the peer takes no such requests at all. */
    public void onHopeless(Consumer<Sa> action) {
        onHopeless = action;
    }

    /** Who asks again in a while for a Child SA that the peer was too busy to make. */
    public void onBusy(Consumer<Connection> action) {
        onBusy = action;
    }

    /** The transition that stands behind those of all CREATE_CHILD_SA exchanges. */
    public List<Row> rows() {
        return List.of(row("process CREATE_CHILD_SA failure response")
                .on(ExchangeType.CREATE_CHILD_SA, RESPONSE)
                .from(V2State.ESTABLISHED_IKE_SA)
                .to(V2State.ESTABLISHED_IKE_SA)
                .encryptedAnything()
                .by(this::refused));
    }

    /** HDR, SK {N(why not)}. */
    private Verdict refused(IkeSa ike, Incoming response) {
        Optional<CreateChildRequest> asked = ike.createChild();
        if (asked.isEmpty()) {
            return Verdict.advance();
        }
        CreateChildRequest request = asked.get();
        Sa larval = request.larval();
        Optional<KeGroup> tried = request.keyExchange().map(ke -> ke.group());
        ike.clearCreateChild();
        if (!context.sas().isAlive(larval)) {
            return Verdict.advance();
        }
        Optional<NotifyPayload> why =
                response.notifies().filter(n -> n.notifyType().isError()).findFirst();
        Optional<KeGroup> wanted = why.filter(n -> n.notifyType().equals(NotifyType.INVALID_KE_PAYLOAD))
                .flatMap(n -> Agreement.groupAsked(n.data()))
                .filter(group ->
                        !tried.equals(Optional.of(group)) && request.proposals().includesGroup(group));
        if (wanted.isPresent() && !request.isRepeated()) {
            again(ike, request, wanted.get());
            return Verdict.advance();
        }
        why.ifPresent(n -> larval.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        "CREATE_CHILD_SA failed with error notification "
                                + n.notifyType().shortName()));
        larval.logger().log(RcCode.NOTIFICATION, "state transition '" + story(request.purpose()) + "' failed");
        giveUp(ike, larval);
        why.ifPresent(n -> goOn(ike, larval, n.notifyType()));
        return Verdict.advance();
    }

    private void again(IkeSa ike, CreateChildRequest request, KeGroup group) {
        if (request.purpose() == Purpose.REKEY_IKE) {
            rekeyIke.again(ike, request, group);
        } else {
            createChild.again(request, group);
        }
    }

    private static String story(Purpose purpose) {
        return switch (purpose) {
            case NEW_CHILD -> "initiate create Child SA (CREATE_CHILD_SA)";
            case REKEY_CHILD -> "initiate rekey Child SA (CREATE_CHILD_SA)";
            case REKEY_IKE -> "initiate rekey IKE_SA (CREATE_CHILD_SA)";
        };
    }

    private void giveUp(IkeSa ike, Sa larval) {
        if (larval instanceof IkeSa successor) {
            context.lifecycle().abandon(ike, successor);
            // The peer's own successor, if it made one meanwhile, is the only one now.
            rekeyIke.settle(ike);
        } else {
            context.lifecycle().refuseChild((ChildSa) larval, Notice.NEVER);
        }
    }

    /** What was to be replaced still needs a successor (RFC 7296 §2.25). */
    private void goOn(IkeSa ike, Sa larval, NotifyType why) {
        Optional<Sa> old = larval instanceof IkeSa
                ? Optional.of(ike)
                : ((ChildSa) larval).replaces().flatMap(context.sas()::find);
        boolean busy = why.equals(NotifyType.TEMPORARY_FAILURE);
        if (busy && larval instanceof ChildSa child && child.replaces().isEmpty()) {
            onBusy.accept(child.connection());
        }
        if (old.isEmpty() || old.get().succession().winner().isPresent()) {
            return;
        }
        if (busy) {
            context.lifetimes().retryRekey(old.get());
        } else if (why.equals(NotifyType.NO_ADDITIONAL_SAS)) {
            onHopeless.accept(old.get());
        } else if (why.equals(NotifyType.CHILD_SA_NOT_FOUND) && old.get() instanceof ChildSa lost) {
            // RFC 7296 §2.25: the peer has no such Child SA, so it need not be told that ours goes.
            context.lifecycle().endChild(lost, Notice.NEVER);
            createChild.begin(ike, lost.connection(), List.of());
        }
    }
}
