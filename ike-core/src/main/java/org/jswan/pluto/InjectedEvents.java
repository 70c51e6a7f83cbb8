// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jswan.base.SaSerial;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.Liveness;
import org.jswan.exchange.NatKeepalive;
import org.jswan.impair.Impairments;
import org.jswan.impair.LostMessages;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;

/** The impairments that are no settings: what they name happens to an SA at once, or will happen to a message. */
final class InjectedEvents {
    /** What libreswan counts down to from "no". */
    private static final long NO_MESSAGE = 0xffff_ffffL;

    private final SaDatabase sas;
    private final Impairments impair;
    private final Liveness liveness;
    private final NatKeepalive keepalive;
    private final Map<String, Action> actions;

    /** Carries out an impairment with the number given, empty for {@code no}. */
    @FunctionalInterface
    private interface Action {
        void run(OptionalLong number, Request request);
    }

    InjectedEvents(
            SaDatabase sas,
            Impairments impair,
            Liveness liveness,
            NatKeepalive keepalive,
            Initiator initiator,
            Consumer<Sa> replace) {
        this.sas = sas;
        this.impair = impair;
        this.liveness = liveness;
        this.keepalive = keepalive;
        this.actions = Map.of(
                "initiate-v2-liveness", onSa(this::probe),
                "send-keepalive", onSa(this::keepAlive),
                "drop-incoming", (number, request) -> lose(impair.incoming(), number, request),
                "drop-outgoing", (number, request) -> lose(impair.outgoing(), number, request),
                "event-v2-rekey",
                        onSa(established(event("REKEY", Sa.Event.REKEY, Sa.Event.REKEY, true, initiator::rekey))),
                "event-v2-reauth", onSa(event("REAUTH", null, Sa.Event.REKEY, false, initiator::replace)),
                "event-v2-liveness", onSa(event("LIVENESS", Sa.Event.LIVENESS, Sa.Event.LIVENESS, false, this::look)),
                "event-sa-replace", onSa(event("REPLACE", Sa.Event.REPLACE, Sa.Event.EXPIRE, true, replace)));
    }

    /**
     * Carries out an impairment if it is one of these.
     *
     * @param number empty for {@code no}
     * @return whether it is
     */
    boolean inject(String behaviour, OptionalLong number, Request request) {
        Action action = actions.get(behaviour);
        if (action != null) {
            action.run(number, request);
        }
        return action != null;
    }

    /** Tells of messages that should have been lost and never came. */
    void end(Logger logger) {
        for (LostMessages direction : new LostMessages[] {impair.incoming(), impair.outgoing()}) {
            if (direction.isOutstanding()) {
                logger.log("IMPAIR: outstanding " + direction.direction() + " impairment");
            }
        }
    }

    private static void lose(LostMessages direction, OptionalLong number, Request request) {
        long lost = number.orElse(NO_MESSAGE);
        request.logger().log("IMPAIR: will drop " + direction.direction() + " message " + lost);
        direction.lose(lost);
    }

    /** Finds the SA of that serial number, or tells that there is none. */
    private Action onSa(SaAction action) {
        return (number, request) -> {
            if (number.isEmpty()) {
                request.logger().log(RcCode.COMMENT, "state 'no' is not valid");
                return;
            }
            Optional<Sa> found = number.getAsLong() > 0 ? sas.find(new SaSerial(number.getAsLong())) : Optional.empty();
            if (found.isEmpty()) {
                request.logger().log(RcCode.COMMENT, "state #" + number.getAsLong() + " not found");
                return;
            }
            action.run(found.get(), request);
        };
    }

    @FunctionalInterface
    private interface SaAction {
        void run(Sa sa, Request request);
    }

    /** Has an SA speak to whoever asks, too, while an event of it is injected. */
    private static void speaking(Sa sa, Request request, Consumer<Logger> action) {
        if (request.background()) {
            action.accept(sa.logger());
            return;
        }
        sa.logger().attach(request.session());
        action.accept(sa.logger());
        sa.logger().detach(request.session());
    }

    private static IkeSa ikeOf(Sa sa) {
        return sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
    }

    private void probe(Sa sa, Request request) {
        IkeSa ike = ikeOf(sa);
        speaking(ike, request, logger -> logger.log(RcCode.COMMENT, "initiating liveness for " + sa.serial()));
        if (ike.isEstablished() && !ike.isVersion1()) {
            liveness.probe(ike);
        } else {
            ike.logger()
                    .log("liveness: IKE SA in state " + ike.state().fullName().replaceFirst("STATE_", "")
                            + " but should be V2_ESTABLISHED_IKE_SA; liveness for " + sa.serial() + " ignored");
        }
    }

    private void keepAlive(Sa sa, Request request) {
        speaking(sa, request, logger -> logger.log(RcCode.COMMENT, "sending keepalive"));
        keepalive.send(ikeOf(sa));
    }

    private void look(Sa sa) {
        if (sa instanceof ChildSa child && !child.isVersion1()) {
            liveness.lookNow(child);
        }
    }

    /**
     * An event of an SA as if its time had come. Whoever asks for it waits until the SA has ended, if it is to end.
     *
     * @param kind of its timer; null if it never has one
     * @param other the kind that it excludes, and that excludes it
     * @param ends whether the SA ends by it
     */
    private static SaAction event(String name, Sa.Event kind, Sa.Event other, boolean ends, Consumer<Sa> handler) {
        return (sa, request) -> {
            speaking(sa, request, logger -> {
                logger.log(RcCode.COMMENT, disarmed(sa, name, kind, other));
                logger.log(RcCode.COMMENT, "calling " + name + " event handler");
            });
            if (ends && !request.background()) {
                sa.logger().attach(request.session());
            }
            handler.accept(sa);
        };
    }

    /** What is not up yet has nothing to be replaced. */
    private static SaAction established(SaAction action) {
        return (sa, request) -> {
            if (ikeOf(sa).isEstablished() && (sa instanceof IkeSa || ((ChildSa) sa).isEstablished())) {
                action.run(sa, request);
            } else {
                request.logger().log(RcCode.COMMENT, "state " + sa.serial() + " is not established");
            }
        };
    }

    private static String disarmed(Sa sa, String name, Sa.Event kind, Sa.Event other) {
        if (kind != null && sa.isArmed(kind)) {
            sa.disarm(kind);
            return "deleting existing " + name + " event";
        }
        if (sa.isArmed(other)) {
            sa.disarm(other);
            return "deleting existing " + (other == Sa.Event.REKEY ? "EVENT_v2_REKEY" : "EVENT_SA_EXPIRE")
                    + " event occupying the slot shared with " + name;
        }
        return "no existing " + name + " event to delete";
    }
}
