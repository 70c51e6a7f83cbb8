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
    /** Linux numbers acquires from 1 on, and takes a request for an SPI with such a number for an answer to it. */
    private static final int FIRST_SEQUENCE = 0x40000000;

    /** However much others hear meanwhile. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final KernelSocket socket;
    private final LongSupplier nanos;
    private final PfkeyWriter writer;
    private final int pid;
    private final Listener others;
    private int sequence = FIRST_SEQUENCE;

    /**
     * @param pid our own process
     * @param others gets what comes in between
     */
    PfkeyChannel(KernelSocket socket, PfkeyWriter writer, int pid, Listener others) {
        this(socket, System::nanoTime, writer, pid, others);
    }

    PfkeyChannel(KernelSocket socket, LongSupplier nanos, PfkeyWriter writer, int pid, Listener others) {
        this.socket = socket;
        this.nanos = nanos;
        this.writer = writer;
        this.pid = pid;
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

        private RequestException(String errno, String message, Throwable cause) {
            super(message, cause);
            this.errno = errno;
        }

        /** Its symbol, or "" if it was not the kernel that refused. */
        String errno() {
            return errno;
        }

        private static RequestException refused(int errno) {
            String text = ErrnoException.text(errno) + " (errno " + errno + ")";
            return new RequestException(ErrnoException.name(errno), text, null);
        }

        private static RequestException failed(Exception cause) {
            String errno = cause instanceof ErrnoException e ? e.name() : "";
            return new RequestException(errno, cause.getMessage(), cause);
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
            socket.send(writer.finish(own, pid));
            long asked = nanos.getAsLong();
            while (nanos.getAsLong() - asked < PATIENCE_NANOS) {
                ByteBuffer datagram = socket.next();
                Optional<PfkeyMessage> answer =
                        parse(datagram).filter(m -> m.sequence() == own && m.pid() == pid && m.type() == type);
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
