// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.Payload;

/** How a handler ended; the dispatcher does what it says. */
public sealed interface Verdict {
    /** The transition takes place, {@code outgoing} is sent with it. */
    record Advance(Optional<Outgoing> outgoing) implements Verdict {}

    /**
     * The handler waits for something; the SA takes no other message meanwhile.
     *
     * @param holdsMessages whether those that come are looked at afterwards, else they are discarded
     */
    record Suspend(Work work, boolean holdsMessages) implements Verdict {}

    /** The message is as if it never came. */
    record Drop(String why) implements Verdict {}

    /**
     * The IKE SA and its children end; before that, {@code outgoing} answers the request.
     *
     * @param fatal whether it ends because of a failure
     */
    record End(Outgoing outgoing, boolean fatal) implements Verdict {}

    /** The SA begins IKE_SA_INIT anew, with what the handler changed. */
    record Restart() implements Verdict {}

    /** What to do while suspended. Whoever does it calls the resumption once, on the loop. */
    @FunctionalInterface
    interface Work {
        void start(Resumption resumption);
    }

    /** Goes on with a suspended transition; without effect if the SA is gone. */
    @FunctionalInterface
    interface Resumption {
        void resume(Step step);
    }

    /** The rest of a handler. */
    @FunctionalInterface
    interface Step {
        Verdict go() throws ProtocolFailure;
    }

    static Verdict advance() {
        return new Advance(Optional.empty());
    }

    /** Advances with an answer to the request, in clear for IKE_SA_INIT, else encrypted. */
    static Verdict reply(List<Payload> payloads) {
        return new Advance(Optional.of(new Outgoing(Optional.empty(), payloads)));
    }

    /** Ends the IKE SA, as the request wants it, with that answer. */
    static Verdict end(List<Payload> payloads) {
        return new End(new Outgoing(Optional.empty(), payloads), false);
    }

    /** Ends the IKE SA, as nothing can come of it, with an answer that is no notification. */
    static Verdict fail(List<Payload> payloads) {
        return new End(new Outgoing(Optional.empty(), payloads), true);
    }

    /** Advances with a request of ours. */
    static Verdict request(ExchangeType exchange, List<Payload> payloads) {
        return new Advance(Optional.of(new Outgoing(Optional.of(exchange), payloads)));
    }

    /** Waits for a helper. */
    static Verdict suspend(Work work) {
        return new Suspend(work, false);
    }

    /** Waits for a helper or the updown script on an SA whose peer is known: its messages wait, too. */
    static Verdict suspendHolding(Work work) {
        return new Suspend(work, true);
    }

    /** Waits for a helper as if that took no time: messages wait, too. */
    static Verdict suspendUnnoticed(Work work) {
        return new Suspend(work, true);
    }

    static Verdict drop(String why) {
        return new Drop(why);
    }

    /**
     * The payloads of a message to be sent.
     *
     * @param newExchange empty for an answer to the message at hand
     */
    record Outgoing(Optional<ExchangeType> newExchange, List<Payload> payloads) {}
}
