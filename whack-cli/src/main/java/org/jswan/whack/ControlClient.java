// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.OctetText;
import org.jswan.control.Answer;
import org.jswan.control.ControlException;
import org.jswan.control.ControlRequest;
import org.jswan.control.ExitStatus;
import org.jswan.control.Reply;

/** One conversation with the daemon, from the request to the exit status. */
public final class ControlClient {
    /** The daemon can't be spoken to; the message is what libreswan's whack says to that. */
    public static final class NoDaemonException extends Exception {
        private static final long serialVersionUID = 1L;

        NoDaemonException(String message) {
            super(message);
        }
    }

    private static final int CHUNK = 1 << 16;

    private final SocketChannel channel;
    private final ClientIo io;
    private final Reply.Decoder replies = new Reply.Decoder();
    private final ExitStatus status = new ExitStatus();

    private ControlClient(SocketChannel channel, ClientIo io) {
        this.channel = channel;
        this.io = io;
    }

    /**
     * Has the daemon behind {@code socket} carry out {@code request}.
     *
     * @return the exit status
     * @throws NoDaemonException if nothing was sent, because nobody is there
     */
    public static int run(Path socket, ControlRequest request, ClientIo io) throws NoDaemonException {
        try (SocketChannel channel = connect(socket)) {
            return new ControlClient(channel, io).converse(request);
        } catch (IOException | ControlException e) {
            io.printError(Bytes.ofUtf8("whack: " + e.getMessage() + "\n"));
            return ExitStatus.WHACK_PROBLEM;
        }
    }

    private static SocketChannel connect(Path socket) throws NoDaemonException {
        if (!Files.exists(socket)) {
            // A folder on the way that may not be entered looks the same from here.
            throw new NoDaemonException("whack: Pluto is not running (no \"" + socket + "\")");
        }
        if (!Files.isReadable(socket) || !Files.isWritable(socket)) {
            throw new NoDaemonException("whack: no right to communicate with pluto (access(\"" + socket + "\"))");
        }
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            boolean refused = String.valueOf(e.getMessage()).contains("Connection refused");
            throw new NoDaemonException("whack:" + (refused ? " is Pluto running? " : "") + " connect() for \"" + socket
                    + "\" failed (" + (refused ? "111 " : "") + e.getMessage() + ")");
        }
    }

    private int converse(ControlRequest request) throws IOException, ControlException {
        send(request.encode());
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            replies.feed(Bytes.copyOf(buffer.array(), 0, buffer.limit()));
            buffer.clear();
            for (Optional<Reply> reply = replies.next(); reply.isPresent(); reply = replies.next()) {
                if (reply.get() instanceof Reply.End end) {
                    return end.status().orElse(status.value());
                }
                show(reply.get());
            }
        }
        return status.value();
    }

    private void show(Reply reply) throws IOException, ControlException {
        if (reply instanceof Reply.Line line) {
            print(line.code(), line.text());
            status.line(line.code());
        } else if (reply instanceof Reply.Raw raw) {
            io.print(raw.octets());
        } else if (reply instanceof Reply.ErrorText error) {
            io.printError(error.octets());
        } else if (reply instanceof Reply.Prompt prompt) {
            print(prompt.code(), prompt.text());
            answer(prompt.code());
        }
    }

    private void print(int code, String text) {
        String prefix = code == RAW ? "" : String.format("%03d ", code);
        io.print(Bytes.wrap(OctetText.write(prefix + text + "\n")));
    }

    private static final int RAW = org.jswan.log.RcCode.RAW.code();

    private void answer(int code) throws IOException, ControlException {
        boolean secret = code == org.jswan.log.RcCode.ENTERSECRET.code();
        String text = (secret ? io.password() : io.username())
                .orElseThrow(() -> new IOException("Cannot read username from standard in"));
        send(Answer.encode(Bytes.ofUtf8(text)));
    }

    private void send(Bytes octets) throws IOException {
        ByteBuffer out = octets.buffer();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }
}
