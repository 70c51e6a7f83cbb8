// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.time;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * Timers in order of their deadline, equal deadlines in order of their making. Not thread-safe: it belongs to the loop.
 */
public final class TimerQueue {
    private final Clock clock;
    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long made;
    private int live;

    public TimerQueue(Clock clock) {
        this.clock = clock;
    }

    /** One event to come. Cancelling it twice, or after it ran, does nothing. */
    public final class Timer implements Comparable<Timer> {
        private final String name;
        private final long deadline;
        private final long order = made++;
        private Runnable action;

        private Timer(String name, long deadline, Runnable action) {
            this.name = name;
            this.deadline = deadline;
            this.action = action;
        }

        public String name() {
            return name;
        }

        /** When it runs, in {@link Clock#nanos()}. */
        public long deadline() {
            return deadline;
        }

        public boolean isPending() {
            return action != null;
        }

        public void cancel() {
            if (action != null) {
                action = null;
                live--;
                // A cancelled timer stays until it surfaces; sweep when they are the majority.
                if (queue.size() > 64 && live < queue.size() / 2) {
                    queue.removeIf(timer -> timer.action == null);
                }
            }
        }

        @Override
        public int compareTo(Timer other) {
            int byDeadline = Long.compare(deadline, other.deadline);
            return byDeadline != 0 ? byDeadline : Long.compare(order, other.order);
        }
    }

    /** Runs {@code action} on the loop after {@code delay}; a negative delay counts as none. */
    public Timer after(Duration delay, String name, Runnable action) {
        Timer timer = new Timer(name, clock.nanos() + Math.max(0, delay.toNanos()), action);
        queue.add(timer);
        live++;
        return timer;
    }

    /** The deadline of the first pending timer, in {@link Clock#nanos()}. */
    public OptionalLong nextDeadline() {
        while (!queue.isEmpty() && queue.peek().action == null) {
            queue.poll();
        }
        return queue.isEmpty() ? OptionalLong.empty() : OptionalLong.of(queue.peek().deadline);
    }

    /** The deadline of the first pending timer of that name, in {@link Clock#nanos()}; all of them are looked at. */
    public OptionalLong deadline(String name) {
        return queue.stream()
                .filter(timer -> timer.isPending() && timer.name.equals(name))
                .mapToLong(timer -> timer.deadline)
                .min();
    }

    /** Runs a timer's action. */
    @FunctionalInterface
    public interface Runner {
        void run(String name, Runnable action);
    }

    /** Runs what was due when it was called; what those actions add waits for the next call. */
    public void runDue() {
        runDue((name, action) -> action.run());
    }

    /** As {@link #runDue()}, each action by {@code runner}. */
    public void runDue(Runner runner) {
        long now = clock.nanos();
        long newest = made;
        while (!queue.isEmpty()) {
            Timer first = queue.peek();
            if (first.action != null && (first.deadline > now || first.order >= newest)) {
                return;
            }
            queue.poll();
            if (first.action != null) {
                Runnable action = first.action;
                first.action = null;
                live--;
                runner.run(first.name, action);
            }
        }
    }

    /** How many timers are pending. */
    public int pending() {
        return live;
    }
}
