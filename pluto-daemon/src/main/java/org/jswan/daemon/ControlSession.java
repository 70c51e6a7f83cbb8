// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.control.Answer;
import org.jswan.control.ControlException;
import org.jswan.control.ControlRequest;
import org.jswan.control.Reply;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;

/** One client of the control socket, from its request to the end of our reply. On the loop. */
public final class ControlSession implements WhackSession {
    /** What may wait for a client that reads slowly: the longest listing, and some. One that lets more pile up is cut off. */
    static final int MAX_QUEUE = 64 << 20;

    private final ControlSocket owner;
    private final NativeSocket socket;
    private final int pid;
    private final Poller.Registration registration;
    /** Filled and emptied within a call, so that all sessions share one. */
    private final ByteBuffer buffer;

    private final ControlRequest.Decoder requests = new ControlRequest.Decoder();
    private final Answer.Decoder answers = new Answer.Decoder();
    private final Deque<Consumer<String>> prompts = new ArrayDeque<>();
    private final Deque<ByteBuffer> queue = new ArrayDeque<>();
    private int queued;
    private boolean requested;
    private boolean ended;
    private boolean attached = true;
    private boolean reads = true;
    private Optional<String> username = Optional.empty();
    private Optional<String> password = Optional.empty();
    private OptionalInt status = OptionalInt.empty();

    /** @param buffer direct; what is in it is nobody's between calls */
    ControlSession(ControlSocket owner, NativeSocket socket, int pid, Loop loop, ByteBuffer buffer) {
        this.owner = owner;
        this.buffer = buffer;
        this.socket = socket;
        this.pid = pid;
        registration = loop.watch(socket, Linux.POLLIN, "control request", this::ready);
    }

    /** The client's process, as we see it; 0 if we do not. */
    int pid() {
        return pid;
    }

    /** What prompts are answered with, instead of by the user. */
    public void setAnswers(Optional<String> newUsername, Optional<String> newPassword) {
        username = newUsername;
        password = newPassword;
    }

    /** The client ends with {@code exitStatus}, whatever the lines say. */
    public void setStatus(int exitStatus) {
        status = OptionalInt.of(exitStatus);
    }

    private void ready(int events) {
        if ((events & Linux.POLLIN) != 0 && reads) {
            receive();
        }
        if (attached && (events & Linux.POLLOUT) != 0) {
            flush();
        }
        // With a whole request still unread, hang-up comes together with it; work that nobody watches goes on.
        if (attached && (events & (Linux.POLLHUP | Linux.POLLERR | Linux.POLLNVAL)) != 0) {
            detach();
        }
    }

    private void receive() {
        try {
            int count;
            while (attached && reads && (count = socket.read(buffer.clear())) >= 0) {
                if (count == 0) {
                    // It asks no more but may well read on.
                    reads = false;
                    updateEvents();
                    answerAll();
                } else {
                    byte[] octets = new byte[count];
                    buffer.get(0, octets);
                    take(Bytes.wrap(octets));
                }
            }
        } catch (ErrnoException e) {
            detach();
        } catch (ControlException e) {
            // In a form that every version of the client understands.
            send(Reply.error("pluto: " + e.getMessage() + "\n"));
            setStatus(RcCode.WHACK_PROBLEM.code());
            finish();
        }
    }

    private void take(Bytes octets) throws ControlException {
        if (requested) {
            answers.feed(octets);
        } else {
            Optional<ControlRequest> request = requests.feed(octets);
            if (request.isEmpty()) {
                return;
            }
            requested = true;
            answers.feed(requests.rest());
            owner.accept(request.get(), this);
        }
        while (!prompts.isEmpty()) {
            Optional<Bytes> answer = answers.next();
            if (answer.isEmpty()) {
                return;
            }
            prompts.remove().accept(answer.get().utf8());
        }
    }

    @Override
    public void line(int code, String text) {
        send(new Reply.Line(code, text));
    }

    @Override
    public void raw(String text) {
        send(Reply.raw(text));
    }

    /** Text for the client's standard error. */
    public void error(String text) {
        send(Reply.error(text));
    }

    /** A reply of any kind; none follows the end. */
    public void send(Reply reply) {
        if (!attached || ended) {
            return;
        }
        Bytes octets = reply.encode();
        if (queued + octets.length() > MAX_QUEUE) {
            detach();
            return;
        }
        queue.add(octets.buffer());
        queued += octets.length();
        updateEvents();
    }

    @Override
    public void prompt(int code, String text, Consumer<String> answer) {
        Optional<String> known = code == RcCode.USERPROMPT.code() ? username : password;
        boolean asks = known.isEmpty() && reads;
        send(asks ? new Reply.Prompt(code, text) : new Reply.Line(code, text));
        if (asks && isAttached()) {
            prompts.add(answer);
        } else {
            owner.later(() -> answer.accept(attached ? known.orElse(null) : null));
        }
    }

    @Override
    public boolean isAttached() {
        return attached && !ended;
    }

    @Override
    public void finish() {
        if (!ended) {
            send(new Reply.End(status));
            ended = true;
            answerAll();
            if (attached) {
                flush();
            }
        }
    }

    /** Sends what the client takes without waiting. */
    void flush() {
        try {
            while (!queue.isEmpty()) {
                fillBuffer();
                int sent = socket.send(buffer, null);
                if (sent < 0) {
                    return;
                }
                dequeue(sent);
            }
            if (ended) {
                detach();
            } else {
                updateEvents();
            }
        } catch (ErrnoException e) {
            detach();
        }
    }

    /** With as many replies as it holds: a listing is thousands of short ones. */
    private void fillBuffer() {
        buffer.clear();
        for (ByteBuffer reply : queue) {
            int count = Math.min(reply.remaining(), buffer.remaining());
            buffer.put(buffer.position(), reply, reply.position(), count).position(buffer.position() + count);
            if (!buffer.hasRemaining()) {
                break;
            }
        }
        buffer.flip();
    }

    private void dequeue(int octets) {
        queued -= octets;
        for (int left = octets; left > 0; ) {
            ByteBuffer first = queue.peek();
            int taken = Math.min(left, first.remaining());
            first.position(first.position() + taken);
            left -= taken;
            if (!first.hasRemaining()) {
                queue.remove();
            }
        }
    }

    private void updateEvents() {
        registration.setEvents((reads ? Linux.POLLIN : 0) | (queue.isEmpty() ? 0 : Linux.POLLOUT));
    }

    /** Nobody is there any more. */
    void detach() {
        if (attached) {
            attached = false;
            queue.clear();
            queued = 0;
            registration.cancel();
            socket.close();
            owner.gone(this);
            answerAll();
        }
    }

    /** Whoever still waits for the user hears that there is none. */
    private void answerAll() {
        while (!prompts.isEmpty()) {
            Consumer<String> prompt = prompts.remove();
            owner.later(() -> prompt.accept(null));
        }
    }
}
