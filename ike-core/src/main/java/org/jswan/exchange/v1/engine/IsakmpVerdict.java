// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.util.List;
import java.util.Optional;
import org.jswan.wire.Payload;

/** How a handler of IKEv1 ended. */
public sealed interface IsakmpVerdict {
    /**
     * The transition takes place.
     *
     * @param reply the payloads of the answer, if the row has one
     * @param instead the transition that takes place in place of the row's
     */
    record Advance(List<Payload> reply, Optional<IsakmpRow> instead) implements IsakmpVerdict {}

    /** The handler waits for something; the SA takes no other message meanwhile. */
    record Suspend(Work work, Meanwhile meanwhile) implements IsakmpVerdict {}

    /** All is done: no transition. */
    record Done() implements IsakmpVerdict {}

    /** What becomes of other messages while a handler waits. */
    enum Meanwhile {
        DISCARDING,
        /** They are discarded, and the SA repeats nothing. */
        COMPUTING,
        HOLDING
    }

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
        IsakmpVerdict go() throws IsakmpFailure;
    }

    static IsakmpVerdict advance() {
        return new Advance(List.of(), Optional.empty());
    }

    static IsakmpVerdict reply(List<Payload> payloads) {
        return new Advance(List.copyOf(payloads), Optional.empty());
    }

    /** The answer goes out, but another transition takes place than the one whose handler says so. */
    static IsakmpVerdict reply(List<Payload> payloads, IsakmpRow instead) {
        return new Advance(List.copyOf(payloads), Optional.of(instead));
    }

    static IsakmpVerdict suspend(Work work) {
        return new Suspend(work, Meanwhile.DISCARDING);
    }

    /** The same for what a helper computes of public values: meanwhile nothing is repeated, and it has to be done in time. */
    static Suspend compute(Work work) {
        return new Suspend(work, Meanwhile.COMPUTING);
    }

    /** The same for what libreswan does at once: whoever sends something meanwhile cannot tell that we did not. */
    static IsakmpVerdict atOnce(Work work) {
        return new Suspend(work, Meanwhile.HOLDING);
    }

    static IsakmpVerdict done() {
        return new Done();
    }
}
