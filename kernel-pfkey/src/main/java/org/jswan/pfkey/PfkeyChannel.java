// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * Requests to the kernel and their answers, one at a time. What is granted to one socket is told to all, so an answer is
 * known by process and sequence number.
 */
final class PfkeyChannel implements AutoCloseable {
    /** However much others hear meanwhile. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final KernelSocket socket;
    private final LongSupplier nanos;
    private final PfkeyWriter writer;
    private final Asker asker;
    private final Listener others;
    private int sequence;

    /**
     * @param asker we
     * @param others gets what comes in between
     */
    PfkeyChannel(KernelSocket socket, PfkeyWriter writer, Asker asker, Listener others) {
        this(socket, System::nanoTime, writer, asker, others);
    }

    PfkeyChannel(KernelSocket socket, LongSupplier nanos, PfkeyWriter writer, Asker asker, Listener others) {
        this.socket = socket;
        this.nanos = nanos;
        this.writer = writer;
        this.asker = asker;
        sequence = asker.beforeFirst();
        this.others = others;
    }

    /** Who hears what is not for the one that asks: the octets are valid until it returns. */
    @FunctionalInterface
    interface Listener {
        void hear(ByteBuffer datagram);
    }

    /** A refusal by the kernel, or trouble on the way to it. */
    static final class RequestException extends Exception {
        private final String errno;
        private final boolean answer;

        private RequestException(String errno, boolean answer, String message, Throwable cause) {
            super(message, cause);
            this.errno = errno;
            this.answer = answer;
        }

        /** Its symbol, or "" if it was not the kernel that refused. */
        String errno() {
            return errno;
        }

        /** Whether the kernel refused; else it may have granted, and nobody heard of it. */
        boolean isAnswer() {
            return answer;
        }

        private static RequestException refused(int errno) {
            String text = ErrnoException.text(errno) + " (errno " + errno + ")";
            return new RequestException(ErrnoException.name(errno), true, text, null);
        }

        private static RequestException failed(Exception cause) {
            String errno = cause instanceof ErrnoException e ? e.name() : "";
            return new RequestException(errno, false, cause.getMessage(), cause);
        }
    }

    @FunctionalInterface
    interface Parser<T> {
        T parse(PfkeyMessage message) throws MalformedMessage;
    }

    /** The writer, to start a message with. */
    PfkeyWriter writer() {
        return writer;
    }

    /** Sends the message in the writer and waits until it is granted. */
    void granted() throws RequestException {
        answered(message -> Optional.empty());
    }

    /** Sends the message in the writer and waits for its answer. */
    <T> T answered(Parser<T> parser) throws RequestException {
        int own = ++sequence;
        try {
            skipOthers();
            int type = writer.type();
            socket.send(writer.finish(own, asker.pid()));
            long asked = nanos.getAsLong();
            while (nanos.getAsLong() - asked < PATIENCE_NANOS) {
                ByteBuffer datagram = socket.next();
                Optional<PfkeyMessage> answer =
                        parse(datagram).filter(m -> m.sequence() == own && m.pid() == asker.pid() && m.type() == type);
                if (answer.isEmpty()) {
                    others.hear(datagram);
                } else if (answer.get().errno() != 0) {
                    throw RequestException.refused(answer.get().errno());
                } else {
                    return parser.parse(answer.get());
                }
            }
            throw new IOException(KernelSocket.SILENCE);
        } catch (IOException | MalformedMessage e) {
            throw RequestException.failed(e);
        } finally {
            writer.wipe();
        }
    }

    /** Empty if it is malformed, of which whoever hears the others' tells. */
    private static Optional<PfkeyMessage> parse(ByteBuffer datagram) {
        try {
            return Optional.of(PfkeyMessage.parse(datagram.duplicate().order(datagram.order())));
        } catch (MalformedMessage e) {
            return Optional.empty();
        }
    }

    /** What was told to all since the last request would leave no room for the answer. */
    private void skipOthers() throws IOException {
        for (ByteBuffer datagram = socket.receive(); datagram != null; datagram = socket.receive()) {
            others.hear(datagram);
        }
    }

    /** The next that was not asked for, valid until the next call; null if there is none. */
    ByteBuffer unasked() throws IOException {
        return socket.receive();
    }

    @Override
    public void close() {
        socket.close();
    }
}
