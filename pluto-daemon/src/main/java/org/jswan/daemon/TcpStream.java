// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;
import org.jswan.net.IkeStream;
import org.jswan.net.InterfaceAddress;
import org.jswan.time.TimerQueue;
import org.jswan.xfrm.SocketPolicy;

/**
 * One end of a stream. Past its first six octets the kernel cuts it into messages and takes the ESP packets out
 * ({@code espintcp}): each read is one message, each write is one, and their lengths are not seen here. A stream of a
 * stranger has five seconds for its first message; from then on it lives as long as an IKE SA holds it.
 */
final class TcpStream implements IkeStream {
    /** RFC 9329 §4: what the end that opens a stream sends first. */
    private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] UPPER_LAYER = "espintcp\0".getBytes(StandardCharsets.US_ASCII);
    /** RFC 9329 §3: zero where ESP packets have their SPI. */
    private static final Bytes NON_ESP_MARKER = Bytes.of(0, 0, 0, 0);

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** So many messages at most before others get their turn. */
    private static final int BATCH = 16;
    /** So many messages wait at most while the peer takes none. */
    private static final int MAXIMUM_WAITING = 64;

    /** How far a stream has come, in the words of the log. */
    private enum State {
        ACCEPTED,
        PREFIX_RECEIVED,
        ENABLED
    }

    private final TcpContext context;
    private final InterfaceAddress address;
    private final Endpoint local;
    private final Endpoint remote;
    private final boolean openedByUs;
    private final NativeSocket socket;
    private final Runnable onFirstMessage;
    private final Poller.Registration registration;
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>(0);
    private State state;
    private TimerQueue.Timer patience;
    private int holders;

    private TcpStream(
            TcpContext context,
            InterfaceAddress address,
            Endpoint local,
            Endpoint remote,
            NativeSocket socket,
            State state,
            Runnable onFirstMessage) {
        this.context = context;
        this.address = address;
        this.local = local;
        this.remote = remote;
        this.openedByUs = state == State.ENABLED;
        this.socket = socket;
        this.state = state;
        this.onFirstMessage = onFirstMessage;
        registration = context.loop().watch(socket, Linux.POLLIN, "TCP stream", this::ready);
    }

    /**
     * A stream that somebody opened to us.
     *
     * @param past told when its time of probation is over, for good or ill
     */
    static TcpStream accepted(
            TcpContext context,
            InterfaceAddress address,
            Endpoint local,
            Endpoint remote,
            NativeSocket socket,
            Runnable past) {
        TcpStream stream = new TcpStream(context, address, local, remote, socket, State.ACCEPTED, past);
        stream.log("accepted connection");
        stream.hold();
        stream.patience = context.timers().after(PATIENCE, "IKETCP", () -> {
            stream.log("timeout out before first message received");
            stream.close();
        });
        return stream;
    }

    /**
     * A stream that we opened: says what it is to carry.
     *
     * @throws IOException with the step that failed and the errno; the socket is left to the caller
     */
    static TcpStream opened(
            TcpContext context, InterfaceAddress address, Endpoint local, Endpoint remote, NativeSocket socket)
            throws IOException {
        ByteBuffer out = context.buffer().clear().put(PREFIX).flip();
        try {
            if (socket.write(out) != PREFIX.length) {
                throw new ErrnoException("write", Linux.EAGAIN);
            }
        } catch (ErrnoException e) {
            throw new IOException(
                    "TCP: socket " + socket.fd() + ": send of IKE-in-TCP prefix failed: " + IoReason.withErrno(e), e);
        }
        if (context.unframed().getAsBoolean()) {
            context.log().log("IMPAIR: TCP: skipping setsockopt(espintcp)");
        } else {
            try {
                frame(socket);
            } catch (ErrnoException e) {
                throw new IOException("setsockopt(SOL_TCP, TCP_ULP) failed: " + IoReason.withErrno(e), e);
            }
        }
        return new TcpStream(context, address, local, remote, socket, State.ENABLED, () -> {});
    }

    private static void frame(NativeSocket socket) throws ErrnoException {
        socket.setOption(Linux.IPPROTO_TCP, Linux.TCP_ULP, UPPER_LAYER);
    }

    @Override
    public InterfaceAddress interfaceAddress() {
        return address;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    @Override
    public boolean isOpenedByUs() {
        return openedByUs;
    }

    @Override
    public void hold() {
        holders++;
    }

    @Override
    public void release() {
        if (--holders == 0) {
            close();
        }
    }

    private void ready(int events) {
        if ((events & Linux.POLLOUT) != 0) {
            sendWaiting();
        }
        if ((events & ~Linux.POLLOUT) != 0) {
            for (int i = 0; i < BATCH && socket.isOpen() && read(); i++) {}
        }
    }

    /** Reads the prefix or a message; false if nothing more is to be read now. */
    private boolean read() {
        return state == State.ACCEPTED ? readPrefix() : readMessage();
    }

    private boolean readPrefix() {
        ByteBuffer in = context.buffer().clear().limit(PREFIX.length);
        int length;
        try {
            length = socket.read(in);
        } catch (ErrnoException e) {
            log("error reading 'IKETCP' prefix; closing socket: " + IoReason.withErrno(e));
            close();
            return false;
        }
        if (length < 0) {
            return false;
        }
        if (length != PREFIX.length) {
            // As libreswan: it is so short that nobody sends it in pieces.
            log("reading 'IKETCP' prefix returned " + length + " bytes but expecting " + PREFIX.length
                    + "; closing socket");
            close();
            return false;
        }
        if (!in.flip().equals(ByteBuffer.wrap(PREFIX))) {
            log("prefix did not match 'IKETCP'; closing socket");
            close();
            return false;
        }
        return prefixReceived();
    }

    private boolean prefixReceived() {
        try {
            if (context.unframed().getAsBoolean()) {
                log("IMPAIR: skipping setsockopt(ESPINTCP)");
            } else {
                frame(socket);
            }
        } catch (ErrnoException e) {
            log("closing socket; setsockopt(" + socket.fd() + ", SOL_TCP, TCP_ULP, \"espintcp\") failed: "
                    + IoReason.withErrno(e));
            close();
            return false;
        }
        try {
            SocketPolicy.bypass(socket, local.address().family());
        } catch (ErrnoException e) {
            log("closing socket; setsockopt(IP_XFRM_POLICY) failed: " + IoReason.withErrno(e));
            close();
            return false;
        }
        state = State.PREFIX_RECEIVED;
        // As libreswan: the kernel may not have cut the rest into messages yet.
        return false;
    }

    private boolean readMessage() {
        boolean first = state == State.PREFIX_RECEIVED;
        String what = first ? "first packet" : "packet";
        ByteBuffer in = context.buffer().clear();
        int length;
        try {
            length = socket.read(in);
        } catch (ErrnoException e) {
            breakOff("reading " + what + " failed: " + IoReason.withErrno(e));
            return false;
        }
        if (length < 0) {
            return false;
        }
        byte[] octets = new byte[length];
        in.flip().get(octets);
        Bytes message = Bytes.wrap(octets);
        if (length == 0) {
            breakOff("0 byte " + what + " indicates EOF");
        } else if (length < NON_ESP_MARKER.length()) {
            breakOff(length + " byte " + what + " is way to small");
        } else if (!message.startsWith(NON_ESP_MARKER)) {
            breakOff(length + " byte " + what + " is missing " + NON_ESP_MARKER.length() + " byte zero ESP marker");
        } else if (first) {
            state = State.ENABLED;
            endProbation();
            context.receiver().datagram(this, remote, message.from(NON_ESP_MARKER.length()));
            release();
        } else {
            context.receiver().datagram(this, remote, message.from(NON_ESP_MARKER.length()));
        }
        return true;
    }

    private void endProbation() {
        if (patience != null) {
            patience.cancel();
            patience = null;
            onFirstMessage.run();
        }
    }

    private void breakOff(String why) {
        log(why);
        close();
        if (state == State.ENABLED) {
            context.receiver().streamBroken(this);
        }
    }

    private void log(String text) {
        context.log().log("connection from " + context.shown(remote) + ": IKETCP " + state + ": socket " + socket.fd()
                + ": " + text);
    }

    @Override
    public void send(Endpoint to, Bytes message) throws IOException {
        ByteBuffer out = context.buffer().clear();
        if (NON_ESP_MARKER.length() + message.length() > out.remaining()) {
            throw new ErrnoException("write", Linux.EMSGSIZE);
        }
        out.put(NON_ESP_MARKER.buffer()).put(message.buffer()).flip();
        if (waiting.isEmpty()) {
            socket.write(out);
        }
        if (out.hasRemaining()) {
            if (waiting.size() == MAXIMUM_WAITING) {
                throw new ErrnoException("write", Linux.ENOBUFS);
            }
            waiting.add(ByteBuffer.allocateDirect(out.remaining()).put(out).flip());
            registration.setEvents(Linux.POLLIN | Linux.POLLOUT);
        }
    }

    private void sendWaiting() {
        try {
            while (!waiting.isEmpty() && socket.write(waiting.peek()) >= 0) {
                if (!waiting.peek().hasRemaining()) {
                    waiting.remove();
                }
            }
        } catch (ErrnoException e) {
            // What broke it is read from it next.
            context.log().debug("write to " + remote + " failed: " + IoReason.withErrno(e));
            waiting.clear();
        }
        if (waiting.isEmpty()) {
            registration.setEvents(Linux.POLLIN);
        }
    }

    /** A stream needs none, as TCP itself tells the NATs that it is in use. */
    @Override
    public void sendKeepalive(Endpoint to) {}

    @Override
    public void close() {
        if (socket.isOpen()) {
            registration.cancel();
            endProbation();
            socket.close();
        }
    }
}
