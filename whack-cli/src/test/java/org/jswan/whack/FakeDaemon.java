// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jswan.base.Bytes;
import org.jswan.control.Answer;
import org.jswan.control.ControlException;
import org.jswan.control.ControlRequest;
import org.jswan.control.Reply;

/** Takes one request on a socket of its own and plays the replies it was given, waiting for an answer at prompts. */
final class FakeDaemon implements AutoCloseable {
    private final ServerSocketChannel server;
    private final CompletableFuture<ControlRequest> request = new CompletableFuture<>();
    private final List<String> answers = new ArrayList<>();
    private final Thread thread;

    FakeDaemon(Path socket, Reply... replies) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread = new Thread(() -> serve(replies), "fake daemon");
        thread.start();
    }

    private void serve(Reply... replies) {
        try (SocketChannel client = server.accept()) {
            ControlRequest.Decoder decoder = new ControlRequest.Decoder();
            Optional<ControlRequest> received = Optional.empty();
            while (received.isEmpty()) {
                received = decoder.feed(read(client));
            }
            request.complete(received.get());
            Answer.Decoder answerDecoder = new Answer.Decoder();
            for (Reply reply : replies) {
                client.write(reply.encode().buffer());
                Optional<Bytes> answer = Optional.empty();
                while (reply instanceof Reply.Prompt && answer.isEmpty()) {
                    answerDecoder.feed(read(client));
                    answer = answerDecoder.next();
                }
                answer.ifPresent(octets -> answers.add(octets.utf8()));
            }
        } catch (IOException | ControlException e) {
            request.completeExceptionally(e);
        }
    }

    private static Bytes read(SocketChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        if (client.read(buffer) < 0) {
            throw new IOException("client gone");
        }
        return Bytes.copyOf(buffer.array(), 0, buffer.position());
    }

    /** What the client sent. */
    ControlRequest request() {
        return request.join();
    }

    /** What the client answered, once it is gone. */
    List<String> answers() throws InterruptedException {
        thread.join();
        return answers;
    }

    @Override
    public void close() {
        try {
            server.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
