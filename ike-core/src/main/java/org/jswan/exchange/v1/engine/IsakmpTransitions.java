// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jswan.exchange.ChildText;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.sa.V1Exchange.Repeat;
import org.jswan.sa.V1State;
import org.jswan.wire.v1.NotificationType;

/**
 * Runs the handlers of IKEv1's transitions and does what their verdicts say: states are set here, messages answered,
 * failures told.
 */
public final class IsakmpTransitions {
    /** What libreswan's statistics call all other outcomes, what waits included. */
    private static final String OTHER_OUTCOME = "STF_FAIL_v1N";

    private final SaDatabase sas;
    private final Context context;
    private final IsakmpTransmitter transmitter;
    private final IsakmpTimers timers;
    private final Notifications notifications;
    private final NatTraversal nat;
    private Consumer<IkeSa> onUp = ike -> {};
    private Consumer<HeldMessage> onHeld = message -> {};
    private AfterTransition after = (sa, row) -> false;

    /** What else may follow a transition. */
    public interface AfterTransition {
        /** @return whether something follows before the SA is of use to others */
        boolean goesOn(Sa sa, IsakmpRow row);
    }

    public IsakmpTransitions(
            Context context,
            IsakmpTransmitter transmitter,
            IsakmpTimers timers,
            Notifications notifications,
            NatTraversal nat) {
        this.sas = context.sas();
        this.context = context;
        this.transmitter = transmitter;
        this.timers = timers;
        this.notifications = notifications;
        this.nat = nat;
    }

    /** Who is told that an ISAKMP SA is up. */
    public void onUp(Consumer<IkeSa> action) {
        onUp = action;
    }

    /** Who takes messages that had to wait. */
    public void onHeld(Consumer<HeldMessage> action) {
        onHeld = action;
    }

    public void after(AfterTransition action) {
        after = action;
    }

    /** An SA goes on by itself, with no message that leads there. */
    public void enter(Sa sa, V1State state) {
        sas.setState(sa, state);
    }

    /** Takes a message that fits {@code row}. */
    void run(Sa sa, IsakmpMessage message, IsakmpRow row) {
        step(sa, message, row, () -> row.handler().handle(sa, message));
    }

    private void step(Sa sa, IsakmpMessage message, IsakmpRow row, IsakmpVerdict.Step step) {
        IsakmpVerdict verdict;
        try {
            verdict = step.go();
        } catch (IsakmpFailure failure) {
            count(failure.kind() == IsakmpFailure.Kind.FATAL ? "STF_FATAL" : OTHER_OUTCOME);
            trace(sa, () -> outcome(failure));
            failed(sa, message, row, failure);
            return;
        }
        count(verdict instanceof IsakmpVerdict.Advance ? "STF_OK" : OTHER_OUTCOME);
        if (verdict instanceof IsakmpVerdict.Suspend suspend) {
            if (suspend.meanwhile() != IsakmpVerdict.Meanwhile.HOLDING) {
                trace(sa, () -> "STF_SUSPEND");
            }
            suspend(sa, suspend, next -> step(sa, message, row, next));
        } else if (verdict instanceof IsakmpVerdict.Advance advance) {
            advance(sa, message, advance.instead().orElse(row), advance);
        }
    }

    private void count(String outcome) {
        sas.statistics().count("total.pluto.stf." + outcome);
    }

    private static void trace(Sa sa, Supplier<String> outcome) {
        sa.logger().debug(() -> List.of("complete v1 state transition with " + outcome.get()));
    }

    private static String outcome(IsakmpFailure failure) {
        return switch (failure.kind()) {
            case IGNORED -> "STF_IGNORE";
            case FATAL -> "STF_FATAL";
            case REFUSED -> failure.notification()
                    .map(NotificationType::shortName)
                    .orElse("STF_FAIL_v1N");
        };
    }

    /** So many exchanges were begun on an ISAKMP SA that no more are taken: another one takes its place. */
    void spent(IkeSa ike) {
        ike.logger().log("too many message IDs were used: no more exchanges are taken on this ISAKMP SA");
        timers.replaceSoon(ike);
    }

    /** Lets a handler wait; what it resumes with is dropped if the SA is gone by then. */
    public void suspend(Sa sa, IsakmpVerdict.Suspend suspend, Consumer<IsakmpVerdict.Step> onResume) {
        sa.v1().setSuspended(true);
        switch (suspend.meanwhile()) {
            case DISCARDING -> {}
            case COMPUTING -> timers.computing(sa);
            case HOLDING -> sa.v1().beginWaiting();
        }
        suspend.work().start(step -> {
            if (!sas.isAlive(sa)) {
                return;
            }
            if (!sa.v1().isSuspended()) {
                throw new IllegalStateException(sa.serial() + " was resumed twice");
            }
            sa.v1().setSuspended(false);
            List<HeldMessage> held = sa.v1().endWaiting();
            if (sa instanceof IkeSa ike && !ike.isEstablished()) {
                int octets = held.stream()
                        .mapToInt(message -> message.octets().length())
                        .sum();
                sas.setHeldOctets(ike, ike.heldOctets() - octets);
            }
            onResume.accept(step);
            held.forEach(onHeld);
        });
    }

    private void failed(Sa sa, IsakmpMessage message, IsakmpRow row, IsakmpFailure failure) {
        if (failure.kind() == IsakmpFailure.Kind.IGNORED || !sas.isAlive(sa)) {
            sa.logger().debug("message ignored: " + failure.getMessage());
            return;
        }
        if (!failure.getMessage().isEmpty()) {
            sa.logger().log(RcCode.LOG_SERIOUS, failure.getMessage());
        }
        if (failure.kind() == IsakmpFailure.Kind.FATAL) {
            sa.setEnd(Statistics.End.AUTH_FAILED);
            sa.logger()
                    .log(
                            RcCode.FATAL,
                            "encountered fatal error in state " + sa.state().fullName());
            // As libreswan: who waited sees no more of it.
            sa.logger().detachAll();
            end(sa, Notice.IF_ESTABLISHED);
            return;
        }
        boolean isNew = row.from() == V1State.MAIN_R0 || row.from() == V1State.AGGR_R0;
        failure.notification().ifPresent(type -> {
            if (isNew) {
                notifications.refuse(message, type);
            } else {
                notifications.refuse(sa, type);
            }
        });
        sa.logger()
                .debug("state transition function for " + sa.state().fullName() + " failed: "
                        + failure.notification()
                                .map(NotificationType::shortName)
                                .orElse("failed"));
        if (isNew) {
            sas.setState(sa, row.from());
        }
        if (sa instanceof ChildSa || isNew) {
            end(sa, Notice.NEVER);
        }
    }

    private void end(Sa sa, Notice notice) {
        if (sa instanceof ChildSa child) {
            context.lifecycle().endChild(child, notice);
        } else {
            context.lifecycle().end((IkeSa) sa, notice);
        }
    }

    private void advance(Sa sa, IsakmpMessage message, IsakmpRow row, IsakmpVerdict.Advance advance) {
        if (!sas.isAlive(sa)) {
            return;
        }
        V1State from = (V1State) sa.state();
        trace(sa, () -> "STF_OK");
        sa.logger()
                .debug(() -> List.of("IKEv1: transition from state " + from.fullName() + " to state "
                        + row.to().fullName()));
        if (sa instanceof IkeSa ike) {
            VendorIds.accept(ike, message);
        } else if (sa instanceof ChildSa child) {
            // Not before: what was refused may be asked for again.
            child.ike().phase1().use(child.v1().messageId());
        }
        sas.setState(sa, row.to());
        timers.clear(sa);
        nat.follow(sa, row.to(), message);
        if (message.isEncrypted()) {
            sa.v1().setIv(message.nextIv());
        }
        sa.v1().setLastReceived(message.octets(), repeat(row));
        if (row.replies()) {
            transmitter.send(
                    sa,
                    message.header().exchange(),
                    advance.reply(),
                    row.answersEncrypted(),
                    row.from().fullName());
        }
        if (sa instanceof IkeSa ike && row.to().isEstablished() && !from.isEstablished()) {
            ike.phase1().setLastBlock(ike.v1().iv());
            sas.setHeldOctets(ike, 0);
            ike.forgetNegotiation();
        }
        wait(sa, row);
        if (row.to().isEstablished()) {
            sas.statistics().established(sa);
        }
        announce(sa);
        if (sa instanceof IkeSa ike && ike.isEstablished()) {
            onUp.accept(ike);
        }
        goOn(sa, row);
    }

    private static Repeat repeat(IsakmpRow row) {
        if (!row.replies()) {
            return Repeat.NEVER;
        }
        if (!row.to().answersDuplicates()) {
            return Repeat.NEVER;
        }
        return row.timer() == IsakmpRow.Timer.DISCARD ? Repeat.ALWAYS : Repeat.LIMITED;
    }

    private void wait(Sa sa, IsakmpRow row) {
        switch (row.timer()) {
            case RETRANSMIT -> timers.retransmit(sa);
            case DISCARD -> timers.discard(sa);
            case REPLACE -> timers.live(sa, row.isInitiators());
            case NONE -> {}
        }
    }

    private static void announce(Sa sa) {
        V1State state = (V1State) sa.state();
        if (sa instanceof ChildSa child && state.isEstablished()) {
            String mode = child.connection().has(org.jswan.connection.ConnectionPolicy.TUNNEL) ? "tunnel" : "transport";
            sa.logger().log(RcCode.SUCCESS, state.story() + " " + mode + " mode " + ChildText.details(child));
        } else if (sa instanceof IkeSa ike && state.isEstablished()) {
            sa.logger().log(RcCode.SUCCESS, state.story() + " " + Phase1Text.details(ike));
        } else {
            sa.logger().log(state.code(), state.story());
        }
    }

    /** What follows a transition: XAUTH and Mode Config, then what waits for the ISAKMP SA. */
    void goOn(Sa sa, IsakmpRow row) {
        if (after.goesOn(sa, row)) {
            return;
        }
        if (sa instanceof IkeSa ike && ike.isEstablished()) {
            context.lifecycle().fulfilWishes(ike);
        }
        if (sa.state().isEstablished()) {
            sa.logger().detachAll();
        }
    }
}
