// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Steps one after the other, each of which tells when it is done: at once, or later on the loop. */
final class Script {
    private final Deque<Consumer<Runnable>> steps = new ArrayDeque<>();
    private boolean busy;
    private boolean running;

    /** Appends a step that is done when it returns. */
    Script then(Runnable step) {
        return thenWait(done -> {
            step.run();
            done.run();
        });
    }

    /** Appends a step that is done when it calls what it is given. */
    Script thenWait(Consumer<Runnable> step) {
        steps.add(step);
        return this;
    }

    /** Carries the steps out, those too that steps add meanwhile. */
    void run() {
        if (running) {
            return;
        }
        running = true;
        while (!busy && !steps.isEmpty()) {
            busy = true;
            steps.poll().accept(new Once());
        }
        running = false;
    }

    /** What a step calls; twice is once. */
    private final class Once implements Runnable {
        private boolean called;

        @Override
        public void run() {
            if (!called) {
                called = true;
                busy = false;
                Script.this.run();
            }
        }
    }
}
