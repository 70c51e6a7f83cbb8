// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jswan.helper.Helpers;
import org.jswan.log.LogSink;

/** A fixed number of helper threads; with none, a job is an event of the loop. */
public final class HelperPool implements Helpers, AutoCloseable {
    private final Loop loop;
    /** Null with no helpers. */
    private final ExecutorService threads;

    /** A job between its submission and its result; on the loop. */
    private static final class Ticket {
        private boolean cancelled;
    }

    /** @param count 0 or more */
    public HelperPool(Loop loop, int count) {
        this.loop = loop;
        threads = count == 0 ? null : Executors.newFixedThreadPool(count, new Names());
    }

    /**
     * How many helpers {@code --nhelpers} means: −1 is one less than there are processors, but one at least, so that a
     * machine with a single one still answers while it computes.
     */
    public static int count(int asked, int processors) {
        return asked >= 0 ? asked : Math.max(1, processors - 1);
    }

    /** Says how many there will be. */
    public static void announce(LogSink log, int asked, int processors) {
        int count = count(asked, processors);
        if (asked < 0) {
            log.log(processors + " CPU cores online");
        }
        if (count == 0) {
            log.log("no helpers will be started; all cryptographic operations will be done inline");
        } else {
            log.log("starting up " + count + " helper threads");
            for (int i = 0; i < count; i++) {
                log.log("started thread for helper " + i);
            }
        }
    }

    @Override
    public <T> Runnable submit(Callable<T> job, Consumer<Outcome<T>> done) {
        loop.assertOwner();
        Ticket ticket = new Ticket();
        if (threads == null) {
            loop.post("helper job", () -> {
                if (!ticket.cancelled) {
                    done.accept(perform(job));
                }
            });
            return () -> ticket.cancelled = true;
        }
        Future<?> future = threads.submit(() -> {
            Outcome<T> outcome = perform(job);
            loop.post("helper result", () -> {
                if (!ticket.cancelled) {
                    done.accept(outcome);
                }
            });
        });
        return () -> {
            ticket.cancelled = true;
            future.cancel(false);
        };
    }

    /** A job's faults belong to whoever waits for it: nobody else knows what they mean. */
    private <T> Outcome<T> perform(Callable<T> job) {
        try {
            return new Outcome<>(job.call(), null);
        } catch (Exception e) {
            return new Outcome<>(null, e);
        } catch (StackOverflowError | LinkageError | AssertionError e) {
            loop.bugs().report(e);
            return new Outcome<>(null, new IllegalStateException("helper failed", e));
        }
    }

    /** Takes no more jobs; those that run are left to end with the process. */
    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }

    private static final class Names implements ThreadFactory {
        private final AtomicInteger number = new AtomicInteger();

        @Override
        public Thread newThread(Runnable work) {
            Thread thread = new Thread(work, "helper " + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        }
    }
}
