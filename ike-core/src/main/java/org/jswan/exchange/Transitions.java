// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.exchange.Verdict.Advance;
import org.jswan.exchange.Verdict.Outgoing;
import org.jswan.net.Transport;
import org.jswan.sa.HeldMessages.HeldMessage;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.sa.V2State;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;

/**
 * Runs the handlers of transitions and does what their verdicts say: here alone states are set and messages answered.
 */
public final class Transitions {
    private final SaDatabase sas;
    private final Transmitter transmitter;
    private final Lifecycle lifecycle;
    private final Lifetimes lifetimes;
    private final Failures failures;
    private final Streams streams;
    private final Beginning beginning;
    private Consumer<IkeSa> onEstablished = ike -> {};
    private Consumer<HeldMessage> onHeld = message -> {};

    /** The first request of an IKE SA that we begin. */
    public interface Beginning {
        /** The IKE SA begins IKE_SA_INIT anew. */
        Verdict begin(IkeSa ike);

        /** Our IKE_SA_INIT request as it is now. */
        List<Payload> requestPayloads(IkeSa ike);
    }

    public Transitions(
            SaDatabase sas,
            Transmitter transmitter,
            Lifecycle lifecycle,
            Lifetimes lifetimes,
            Streams streams,
            Beginning beginning) {
        this.sas = sas;
        this.transmitter = transmitter;
        this.lifecycle = lifecycle;
        this.lifetimes = lifetimes;
        this.failures = new Failures(sas, transmitter, lifecycle);
        this.streams = streams;
        this.beginning = beginning;
    }

    Failures failures() {
        return failures;
    }

    public Streams streams() {
        return streams;
    }

    /** Who takes the messages that came while an SA was suspended. */
    void onHeld(Consumer<HeldMessage> action) {
        onHeld = action;
    }

    /** Who is told that an IKE SA is established. */
    public void onEstablished(Consumer<IkeSa> action) {
        onEstablished = action;
    }

    /** Begins a negotiation: the first verdict comes from nobody's message. */
    public void begin(IkeSa ike) {
        apply(ike, beginning.begin(ike), this::sendInit);
    }

    private void sendInit(IkeSa ike) {
        ike.logger().debug(() -> ExchangeTrace.transition(ike, V2State.PARENT_I0, V2State.PARENT_I1));
        sas.setState(ike, V2State.PARENT_I1);
        ike.disarm(Sa.Event.DISCARD);
        transmitter.sendRequest(ike, ExchangeType.IKE_SA_INIT, beginning.requestPayloads(ike), V2State.PARENT_I0);
        Progress.tell(ike, V2State.PARENT_I1.code(), V2State.PARENT_I1.story() + " to " + ike.remote());
    }

    /** Takes a message that fits {@code row}. */
    void run(IkeSa ike, Incoming message, Row row) {
        ike.logger().debug("selected transition: " + row.story());
        step(ike, message, row, () -> row.handler().handle(ike, message));
    }

    private void step(IkeSa ike, Incoming message, Row row, Verdict.Step step) {
        Verdict verdict;
        try {
            verdict = step.go();
        } catch (ProtocolFailure failure) {
            sas.statistics().count("total.pluto.stf.STF_FATAL");
            failures.failed(ike, message, failure);
            return;
        }
        sas.statistics().count("total.pluto.stf." + outcome(verdict));
        if (verdict instanceof Verdict.Suspend suspend) {
            if (message.isProtected() && message.role() == MessageRole.RESPONSE) {
                // It is authentic: however long the rest takes, the request need not be sent again.
                ike.stopRepeating();
            }
            suspend(ike, suspend, next -> step(ike, message, row, next));
        } else if (verdict instanceof Advance advance) {
            advance(ike, message, row, advance.outgoing());
        } else if (verdict instanceof Verdict.Drop drop) {
            ike.logger().debug("message dropped: " + drop.why());
        } else if (verdict instanceof Verdict.End end) {
            if (end.fatal()) {
                Failures.fatal(ike);
            }
            transmitter.sendResponse(ike, message, end.outgoing().payloads());
            lifecycle.end(ike, Lifecycle.Notice.NEVER);
        } else if (verdict instanceof Verdict.Restart) {
            restart(ike);
        }
    }

    /** What libreswan calls it in its statistics; what waits is among its others. */
    private static String outcome(Verdict verdict) {
        if (verdict instanceof Verdict.Suspend || verdict instanceof Verdict.Drop) {
            return "STF_FAIL_v1N";
        }
        if (verdict instanceof Verdict.End end) {
            return end.fatal() ? "STF_FATAL" : "STF_V2_RESPONDER_DELETE_IKE_FAMILY";
        }
        return "STF_OK";
    }

    /** Applies a verdict that no message caused. */
    private void apply(IkeSa ike, Verdict verdict, Consumer<IkeSa> onAdvance) {
        if (verdict instanceof Verdict.Suspend suspend) {
            suspend(ike, suspend, next -> {
                try {
                    apply(ike, next.go(), onAdvance);
                } catch (ProtocolFailure failure) {
                    failures.withoutMessage(ike, failure);
                }
            });
        } else if (verdict instanceof Advance) {
            onAdvance.accept(ike);
        } else {
            throw new IllegalStateException("verdict " + verdict + " without a message");
        }
    }

    /** Lets the handler wait; what it resumes with is dropped if the SA is gone by then. */
    private void suspend(IkeSa ike, Verdict.Suspend suspend, Verdict.Resumption onResume) {
        ike.setSuspended(true);
        ike.setHolding(suspend.holdsMessages());
        suspend.work().start(step -> {
            if (!sas.isAlive(ike)) {
                return;
            }
            if (!ike.isSuspended()) {
                throw new IllegalStateException(ike.serial() + " was resumed twice");
            }
            ike.setSuspended(false);
            List<HeldMessage> held = ike.held().take();
            ike.setHolding(false);
            onResume.resume(step);
            lifecycle.fulfilWishes(ike);
            held.forEach(onHeld);
        });
    }

    private void restart(IkeSa ike) {
        ike.stopRepeating();
        ike.window().restart();
        sas.setState(ike, V2State.PARENT_I0);
        lifetimes.armDiscard(ike);
        if (ike.socket().transport() == Transport.TCP) {
            streams.openAnew(ike, () -> begin(ike), () -> Failures.fatal(ike));
        } else {
            begin(ike);
        }
    }

    private void advance(IkeSa ike, Incoming message, Row row, Optional<Outgoing> outgoing) {
        if (!sas.isAlive(ike)) {
            return;
        }
        boolean wasEstablished = ike.isEstablished();
        if (message.role() == MessageRole.RESPONSE) {
            transmitter.answered(ike, message.header());
        }
        State from = ike.state();
        ike.logger().debug(() -> ExchangeTrace.transition(ike, from, row.to()));
        sas.setState(ike, row.to());
        switch (row.timer()) {
            case DISCARD -> lifetimes.armDiscard(ike);
            case REPLACE -> {
                lifetimes.armIkeLife(ike);
                Lifetimes.retain(ike);
            }
            case RETRANSMIT -> ike.disarm(Sa.Event.DISCARD);
            case RETAIN -> Lifetimes.retain(ike);
        }
        outgoing.ifPresent(out -> send(ike, message, out, from));
        announce(ike, message, row);
        if (!wasEstablished && ike.isEstablished()) {
            onEstablished.accept(ike);
            ike.forgetNegotiation();
            sas.setHeldOctets(ike, 0);
            ike.logger().detachAll();
        }
        lifecycle.fulfilWishes(ike);
    }

    private static void announce(IkeSa ike, Incoming message, Row row) {
        String story = ike.state().story();
        String text =
                switch (row.announcement()) {
                    case NOTHING -> "";
                    case STORY -> story;
                    case STORY_AND_ALGORITHMS -> story + " " + ike.algorithmsText();
                    case EXCHANGE -> ike.role() + " processed "
                            + message.header().exchange().shortName() + "; " + story;
                };
        if (!text.isEmpty()) {
            Progress.tell(ike, ike.state().code(), text);
        }
    }

    private void send(IkeSa ike, Incoming message, Outgoing out, State from) {
        if (out.newExchange().isPresent()) {
            transmitter.sendRequest(ike, out.newExchange().get(), out.payloads(), from);
        } else {
            transmitter.sendResponse(ike, message, out.payloads(), from);
        }
    }
}
