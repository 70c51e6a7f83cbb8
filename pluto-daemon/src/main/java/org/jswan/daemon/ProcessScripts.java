// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jswan.nativesocket.ChildProcess;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.updown.ScriptOutput;
import org.jswan.updown.ScriptRunner;

/**
 * Runs scripts as processes, one at a time. A thread of its own waits for each and another hears it, so that the loop goes
 * on. What a script leaves running keeps nobody waiting, however much it says: the script has ended when its shell has.
 */
public final class ProcessScripts implements ScriptRunner {
    private static final String SHELL = "/bin/sh";
    /** How long the last output of a shell that has ended is waited for, in nanoseconds. */
    private static final long LAST_OUTPUT = 200_000_000L;

    /** How much of it may be in a pipe, as Linux makes them, in octets; the reader may have another chunk in hand. */
    private static final int PIPE = 65_536;

    private static final int CHUNK = 16384;
    /** Chunks that may wait for the loop: a script that says more than that has to wait itself. */
    private static final int CHUNKS_AHEAD = 4;

    private final Loop loop;
    private final Map<String, String> base;
    private final ThreadFactory threads;
    private final Queue<Command> waiting = new ArrayDeque<>();
    private boolean running;

    private record Command(
            String text, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {}

    /** @param base the environment that every script gets */
    public ProcessScripts(Loop loop, Map<String, String> base) {
        this(loop, base, Thread::new);
    }

    ProcessScripts(Loop loop, Map<String, String> base, ThreadFactory threads) {
        this.loop = loop;
        this.base = Map.copyOf(base);
        this.threads = threads;
    }

    @Override
    public void run(String command, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {
        loop.assertOwner();
        waiting.add(new Command(command, Map.copyOf(environment), said, done));
        startNext();
    }

    private void startNext() {
        if (running || waiting.isEmpty()) {
            return;
        }
        running = true;
        Command command = waiting.remove();
        try {
            start("script", () -> finish(command, perform(command)));
        } catch (OutOfMemoryError noThread) {
            finish(command, notStarted(command, noThread));
        }
    }

    private void start(String name, Runnable work) {
        Thread thread = threads.newThread(work);
        thread.setName(name);
        thread.setDaemon(true);
        thread.start();
    }

    private void finish(Command command, Ending ending) {
        loop.post("script ended", () -> {
            running = false;
            try {
                command.done().accept(ending);
            } finally {
                startNext();
            }
        });
    }

    private Ending perform(Command command) {
        Map<String, String> environment = new HashMap<>(base);
        environment.putAll(command.environment());
        CompletableFuture<Optional<ChildProcess>> started = new CompletableFuture<>();
        try {
            // Its reader first: nobody is to be left without one.
            Output output = new Output(command.said());
            start("script output", () -> started.join().ifPresent(output::hear));
            ChildProcess process = ChildProcess.start(SHELL, List.of("sh", "-c", command.text()), environment);
            started.complete(Optional.of(process));
            ChildProcess.Ending ending = process.waitFor();
            output.settle();
            return ending.isSignal() ? Ending.signalled(ending.number()) : Ending.exited(ending.number());
        } catch (ErrnoException | InterruptedException | RuntimeException | Error e) {
            return notStarted(command, e);
        } finally {
            started.complete(Optional.empty());
        }
    }

    /** Whoever waits has to hear of it: all that is to come would stand still. */
    private Ending notStarted(Command command, Throwable why) {
        loop.post("script", () -> command.said().accept(String.valueOf(why.getMessage())));
        return Ending.NOT_STARTED;
    }

    /** What a script says. Its reader waits for the loop, and so may the script. */
    private final class Output {
        private final Consumer<String> said;
        private final Semaphore room = new Semaphore(CHUNKS_AHEAD);
        private List<String> lines = new ArrayList<>();
        private final ScriptOutput cut = new ScriptOutput(line -> lines.add(line));
        /** Octets so far that the loop has or is to have; guarded by this, as are those below. */
        private long passed;
        /** Nanoseconds for which the reader has waited for output, and since when it does. */
        private long waited;

        private long since = System.nanoTime();
        /** Whether it has some in hand, and waits for the loop. */
        private boolean busy;

        private boolean ended;
        private boolean over;

        Output(Consumer<String> said) {
            this.said = said;
        }

        /** Until there is no more of it. */
        void hear(ChildProcess process) {
            try {
                readFrom(process);
            } finally {
                synchronized (this) {
                    ended = true;
                    notifyAll();
                }
            }
        }

        private void readFrom(ChildProcess process) {
            try (process) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
                for (int count = process.read(buffer); count > 0; count = process.read(buffer.clear())) {
                    byte[] octets = new byte[count];
                    buffer.flip().get(octets);
                    begin();
                    cut.add(octets);
                    pass(count);
                }
                cut.end();
            } catch (ErrnoException e) {
                cut.addLine("output lost: " + e.getMessage());
            }
            begin();
            pass(0);
        }

        private synchronized void begin() {
            busy = true;
            waited += System.nanoTime() - since;
        }

        /** Hands on what came, unless the script has ended and nobody listens any more. */
        private void pass(int octets) {
            List<String> taken = lines;
            lines = new ArrayList<>();
            room.acquireUninterruptibly();
            synchronized (this) {
                busy = false;
                since = System.nanoTime();
                passed += octets;
                notifyAll();
                if (!over) {
                    loop.post("script output", () -> {
                        room.release();
                        taken.forEach(said);
                    });
                    return;
                }
            }
            room.release();
        }

        /**
         * Waits until there is no more of what the shell said. Others may go on: that was all, too, when more has come than
         * the shell can have left, or the reader has waited for long enough, however often it got something.
         */
        synchronized void settle() throws InterruptedException {
            long last = passed + CHUNK + PIPE;
            waited = 0;
            since = System.nanoTime();
            while (!ended && passed < last) {
                long left = LAST_OUTPUT - waited - (busy ? 0 : System.nanoTime() - since);
                if (left <= 0 && !busy) {
                    break;
                }
                wait(busy ? 0 : left / 1_000_000 + 1);
            }
            over = true;
        }
    }
}
