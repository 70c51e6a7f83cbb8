// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jswan.log.LogSink;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;
import org.jswan.nativesocket.WakeUp;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;

/**
 * The one thread that owns all state: it runs one event at a time to its end: a socket that is ready, a timer, something
 * posted by another thread. No event can end it: what one throws is reported by {@link Bugs} and the next one runs.
 */
public final class Loop implements AutoCloseable {
    /** An event that takes longer is logged: others waited for it. */
    static final Duration SLOW = Duration.ofMillis(50);

    private final Clock clock;
    private final TimerQueue timers;
    private final LogSink log;
    private final Bugs bugs;
    private final Poller poller = new Poller();
    private final WakeUp wakeUp;
    private final ConcurrentLinkedQueue<Posted> mailbox = new ConcurrentLinkedQueue<>();
    private final Thread owner = Thread.currentThread();
    private boolean stopped;

    private record Posted(String name, Runnable action) {}

    /** The thread that makes it is its owner, and the one to {@link #run()} it. */
    public Loop(Clock clock, TimerQueue timers, LogSink log) throws ErrnoException {
        this.clock = clock;
        this.timers = timers;
        this.log = log;
        bugs = new Bugs(log);
        wakeUp = new WakeUp();
        poller.add(wakeUp.socket(), Linux.POLLIN, events -> clearWakeUp());
    }

    private void clearWakeUp() {
        try {
            wakeUp.clear();
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From any thread: {@code action} runs on the loop, after what was posted before it. */
    public void post(String name, Runnable action) {
        mailbox.add(new Posted(name, action));
        wakeUp.ring();
    }

    /** Waits for {@code socket} until the registration is cancelled. */
    public Poller.Registration watch(NativeSocket socket, int events, String name, Poller.Handler handler) {
        assertOwner();
        return poller.add(socket, events, returned -> event(name, () -> handler.ready(returned)));
    }

    /** Runs events until {@link #stop()}. */
    public void run() throws ErrnoException {
        assertOwner();
        stopped = false;
        while (!stopped) {
            poller.poll(mailbox.isEmpty() ? untilNextTimer() : 0);
            timers.runDue(this::event);
            runPosted();
        }
    }

    private long untilNextTimer() {
        OptionalLong next = timers.nextDeadline();
        return next.isEmpty() ? -1 : Math.max(0, next.getAsLong() - clock.nanos());
    }

    /** What events post now waits until sockets and timers had their turn. */
    private void runPosted() {
        for (int left = mailbox.size(); left > 0; left--) {
            Posted posted = mailbox.poll();
            event(posted.name(), posted.action());
        }
    }

    private void event(String name, Runnable action) {
        long start = clock.nanos();
        try {
            action.run();
        } catch (VirtualMachineError e) {
            if (!(e instanceof StackOverflowError)) {
                throw e;
            }
            bugs.report(e);
        } catch (Throwable e) {
            bugs.report(e);
        }
        long took = clock.nanos() - start;
        if (took > SLOW.toNanos()) {
            log.log("event \"" + name + "\" held the loop for " + took / 1_000_000 + " milliseconds");
        }
    }

    /** Ends {@link #run()} after the event that is running. */
    public void stop() {
        assertOwner();
        stopped = true;
    }

    /** @throws IllegalStateException on any other thread than the loop's */
    public void assertOwner() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(
                    "not on the loop but on " + Thread.currentThread().getName());
        }
    }

    /** Where faults of our own are reported. */
    public Bugs bugs() {
        return bugs;
    }

    @Override
    public void close() {
        wakeUp.close();
    }
}
