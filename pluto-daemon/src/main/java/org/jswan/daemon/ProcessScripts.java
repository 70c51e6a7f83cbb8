// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jswan.nativesocket.ChildProcess;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.updown.ScriptOutput;
import org.jswan.updown.ScriptRunner;

/**
 * Runs scripts as processes, one at a time. A thread of its own waits for each and another hears it, so that the loop goes
 * on. What a background process leaves running keeps nobody waiting: the script has ended when its shell has.
 */
public final class ProcessScripts implements ScriptRunner {
    private static final String SHELL = "/bin/sh";
    /** How long the output of a shell that has ended may still be on its way, in milliseconds. */
    private static final long LAST_OUTPUT = 200;

    private static final int CHUNK = 16384;
    /** Chunks that may wait for the loop: a script that says more than that has to wait itself. */
    private static final int CHUNKS_AHEAD = 4;

    private final Loop loop;
    private final Map<String, String> base;
    private final Queue<Command> waiting = new ArrayDeque<>();
    private boolean running;

    private record Command(
            String text, Map<String, String> environment, Consumer<String> said, Consumer<Ending> done) {}

    /** @param base the environment that every script gets */
    public ProcessScripts(Loop loop, Map<String, String> base) {
        this.loop = loop;
        this.base = Map.copyOf(base);
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
        start("script", () -> finish(command, perform(command)));
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
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
        try {
            ChildProcess process = ChildProcess.start(SHELL, List.of("sh", "-c", command.text()), environment);
            Output output = new Output(command.said());
            start("script output", () -> output.readFrom(process));
            ChildProcess.Ending ending = process.waitFor();
            output.settle();
            return ending.isSignal() ? Ending.signalled(ending.number()) : Ending.exited(ending.number());
        } catch (ErrnoException | IllegalArgumentException | InterruptedException e) {
            loop.post("script", () -> command.said().accept(String.valueOf(e.getMessage())));
            return Ending.NOT_STARTED;
        }
    }

    /** What a script says. Its reader waits for the loop, and so may the script. */
    private final class Output {
        private final Consumer<String> said;
        private final Semaphore room = new Semaphore(CHUNKS_AHEAD);
        private List<String> lines = new ArrayList<>();
        private final ScriptOutput cut = new ScriptOutput(line -> lines.add(line));
        /** Chunks so far; guarded by this, as are those below. */
        private long chunks;

        private boolean busy;
        private boolean ended;
        private boolean over;

        Output(Consumer<String> said) {
            this.said = said;
        }

        void readFrom(ChildProcess process) {
            try (process) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
                for (int count = process.read(buffer); count > 0; count = process.read(buffer.clear())) {
                    byte[] octets = new byte[count];
                    buffer.flip().get(octets);
                    begin();
                    cut.add(octets);
                    pass();
                }
                cut.end();
            } catch (ErrnoException e) {
                cut.addLine("output lost: " + e.getMessage());
            }
            begin();
            pass();
            synchronized (this) {
                ended = true;
                notifyAll();
            }
        }

        private synchronized void begin() {
            chunks++;
            busy = true;
        }

        /** Hands on what came, unless the script has ended and nobody listens any more. */
        private void pass() {
            List<String> taken = lines;
            lines = new ArrayList<>();
            room.acquireUninterruptibly();
            synchronized (this) {
                busy = false;
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

        /** Waits until there is no more, or nothing came for a while. */
        synchronized void settle() throws InterruptedException {
            long seen = -1;
            while (!ended && (busy || seen != chunks)) {
                seen = chunks;
                wait(LAST_OUTPUT);
            }
            over = true;
        }
    }
}
