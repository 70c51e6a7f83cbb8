// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.octets.MalformedMessage;

/** Requests to the kernel and their answers, one at a time. */
final class NetlinkChannel implements AutoCloseable {
    /** A dump that changes underneath is asked for again; under steady change the last one has to do. */
    private static final int DUMP_ATTEMPTS = 4;

    private final KernelSocket socket;
    private final NetlinkWriter writer;
    private int sequence;
    private int answerOctets;

    NetlinkChannel(KernelSocket socket) {
        this(socket, new NetlinkWriter());
    }

    NetlinkChannel(KernelSocket socket, NetlinkWriter writer) {
        this.socket = socket;
        this.writer = writer;
    }

    /** A refusal by the kernel, or trouble on the way to it. */
    static final class RequestException extends Exception {
        private final String errno;
        private final String text;
        private final String words;

        RequestException(String errno, String message, String words) {
            this(errno, message, message, words);
        }

        private RequestException(String errno, String text, String message, String words) {
            super(message);
            this.errno = errno;
            this.text = text;
            this.words = words;
        }

        /** Its symbol, or "" if it was not the kernel that refused. */
        String errno() {
            return errno;
        }

        /** What {@code strerror} says of its errno, or what the trouble was. */
        String text() {
            return text;
        }

        /** The kernel's own words beyond the errno, or "". */
        String words() {
            return words;
        }

        static RequestException refused(NetlinkMessage.Status status) {
            String text = ErrnoException.text(status.errno());
            return new RequestException(
                    ErrnoException.name(status.errno()),
                    text,
                    text + " (errno " + status.errno() + ")",
                    status.words());
        }

        private static RequestException failed(Exception cause) {
            String errno = cause instanceof ErrnoException e ? e.name() : "";
            RequestException failure = new RequestException(errno, cause.getMessage(), cause.getMessage(), "");
            failure.initCause(cause);
            return failure;
        }
    }

    @FunctionalInterface
    interface Parser<T> {
        T parse(NetlinkMessage message) throws MalformedMessage;
    }

    /** The writer, to start a message with. */
    NetlinkWriter writer() {
        return writer;
    }

    /** Sends the message in the writer, which must ask for an acknowledgement, and waits for that. */
    void acknowledged() throws RequestException {
        exchange(message -> {
            throw new MalformedMessage("message " + message.type() + " for an acknowledgement");
        });
    }

    /** Sends the message in the writer and waits for its one answer. */
    <T> T answered(int type, Parser<T> parser) throws RequestException {
        List<T> answer = new ArrayList<>(1);
        exchange(message -> {
            if (message.type() != type) {
                throw new MalformedMessage("message " + message.type() + " for an answer of type " + type);
            }
            answer.add(parser.parse(message));
            return true;
        });
        if (answer.isEmpty()) {
            throw RequestException.failed(new MalformedMessage("acknowledged but not answered"));
        }
        return answer.get(0);
    }

    /** Sends the dump request that {@code request} writes and gathers its answers of that type. */
    <T> List<T> dump(Runnable request, int type, Parser<T> parser) throws RequestException {
        List<T> entries = new ArrayList<>();
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            entries.clear();
            request.run();
            if (isWhole(type, message -> entries.add(parser.parse(message)))) {
                break;
            }
        }
        return entries;
    }

    /**
     * Looks for an answer of that type to the dump request that {@code request} writes: for dumps that are too long to be kept.
     *
     * @param wanted reads an answer; empty: not that one
     * @return the first that is wanted
     */
    <T> Optional<T> find(Runnable request, int type, Parser<Optional<T>> wanted) throws RequestException {
        List<T> found = new ArrayList<>(1);
        for (int attempt = 0; attempt < DUMP_ATTEMPTS && found.isEmpty(); attempt++) {
            request.run();
            boolean whole = isWhole(type, message -> {
                if (found.isEmpty()) {
                    wanted.parse(message).ifPresent(found::add);
                }
                return found;
            });
            if (whole) {
                break;
            }
        }
        return found.stream().findFirst();
    }

    /** Reads a dump; false if it changed underneath. */
    private boolean isWhole(int type, Parser<?> entry) throws RequestException {
        boolean[] interrupted = new boolean[1];
        exchange(message -> {
            interrupted[0] |= (message.flags() & Netlink.NLM_F_DUMP_INTR) != 0;
            if (message.type() == type) {
                entry.parse(message);
            }
            return false;
        });
        return !interrupted[0];
    }

    /** @param answers what to do with an answer; it returns whether that was the last */
    private void exchange(Parser<Boolean> answers) throws RequestException {
        int own = ++sequence;
        answerOctets = 0;
        try {
            socket.send(writer.finish(own));
            while (!isFinished(own, answers)) {
                // more to come
            }
        } catch (IOException | MalformedMessage e) {
            throw RequestException.failed(e);
        } finally {
            writer.wipe();
        }
    }

    private boolean isFinished(int own, Parser<Boolean> answers)
            throws IOException, MalformedMessage, RequestException {
        boolean finished = false;
        for (NetlinkMessage message : NetlinkMessage.parse(next())) {
            // What an earlier request that failed half way left behind has another number.
            if (message.sequence() != own || message.type() == Netlink.NLMSG_NOOP) {
                continue;
            }
            if (message.type() == Netlink.NLMSG_ERROR || message.type() == Netlink.NLMSG_DONE) {
                NetlinkMessage.Status status = message.status();
                if (status.errno() != 0) {
                    throw RequestException.refused(status);
                }
                return true;
            }
            finished |= answers.parse(message);
        }
        return finished;
    }

    private ByteBuffer next() throws IOException {
        ByteBuffer datagram = socket.next();
        answerOctets += datagram.remaining();
        return datagram;
    }

    /** How long the answer to the last request was, with all headers. */
    int answerOctets() {
        return answerOctets;
    }

    @Override
    public void close() {
        socket.close();
    }
}
