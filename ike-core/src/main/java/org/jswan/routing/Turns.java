// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Operations that run one after the other. One may take long, as scripts do; the others wait until it says that it is over,
 * or fails by a fault of ours: whoever waits must not wait for ever because of that.
 */
final class Turns {
    private final Deque<Consumer<Runnable>> waiting = new ArrayDeque<>();
    /** Where operations go that are asked for within {@link #next}. */
    private List<Consumer<Runnable>> nested;

    /** Of the operation that runs now; null if none does. */
    private Turn current;

    private boolean draining;

    /** What an operation ends its turn with. Only the first time counts: a fault may have ended it already. */
    private final class Turn implements Runnable {
        @Override
        public void run() {
            if (current == this) {
                current = null;
                runNext();
            }
        }

        /** Runs a part of the operation. */
        void guard(Runnable part) {
            boolean failed = true;
            try {
                part.run();
                failed = false;
            } finally {
                if (failed) {
                    run();
                }
            }
        }
    }

    /** Runs {@code operation} when no other runs, perhaps at once; see {@link Routing#exclusively}. */
    void take(Consumer<Runnable> operation) {
        if (nested != null) {
            nested.add(operation);
            return;
        }
        waiting.add(operation);
        runNext();
    }

    /** Those that {@code asking} asks for run before all that wait already; see {@link Routing#next}. */
    void next(Runnable asking) {
        List<Consumer<Runnable>> outer = nested;
        List<Consumer<Runnable>> asked = new ArrayList<>();
        nested = asked;
        try {
            asking.run();
        } finally {
            nested = outer;
        }
        if (outer != null) {
            outer.addAll(asked);
            return;
        }
        for (int i = asked.size() - 1; i >= 0; i--) {
            waiting.addFirst(asked.get(i));
        }
        runNext();
    }

    /** What the operation that runs now goes on with later: if that fails, the operation is over. */
    <T> Consumer<T> later(Consumer<T> continuation) {
        Turn turn = current;
        return value -> turn.guard(() -> continuation.accept(value));
    }

    private void runNext() {
        if (draining) {
            return;
        }
        // Not by recursion: a queue of operations that are done at once would deepen the stack.
        draining = true;
        try {
            while (current == null && !waiting.isEmpty()) {
                Turn turn = new Turn();
                current = turn;
                Consumer<Runnable> operation = waiting.remove();
                turn.guard(() -> operation.accept(turn));
            }
        } catch (RuntimeException | Error fault) {
            draining = false;
            try {
                runNext();
            } catch (RuntimeException | Error another) {
                fault.addSuppressed(another);
            }
            throw fault;
        } finally {
            draining = false;
        }
    }

    boolean isIdle() {
        return current == null && waiting.isEmpty();
    }
}
