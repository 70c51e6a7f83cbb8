// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.control.Answer;
import org.jswan.control.ControlRequest;
import org.jswan.control.Reply;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.jswan.time.TimerQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class ControlSocketTest {
    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final TimerQueue timers = new TimerQueue(clock);
    private final Lines log = new Lines();
    private final List<ControlRequest> requests = new ArrayList<>();
    private final List<ControlSession> sessions = new ArrayList<>();
    private Path path;
    private Loop loop;
    private ControlSocket control;

    @BeforeEach
    void open() throws Exception {
        path = folder.resolve("pluto.ctl");
        loop = new Loop(clock, timers, log);
        control = ControlSocket.create(path, user());
        control.serve(loop, timers, log, (request, session) -> {
            requests.add(request);
            sessions.add(session);
        });
    }

    @AfterEach
    void close() {
        control.close();
        loop.close();
    }

    private int user() throws Exception {
        return (Integer) Files.getAttribute(folder, "unix:uid");
    }

    /** A client that never waits, so that one thread can be both ends. */
    private final class Client implements AutoCloseable {
        private final NativeSocket socket = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_STREAM, 0);
        private final Reply.Decoder decoder = new Reply.Decoder();
        private boolean atEnd;

        Client() throws Exception {
            socket.connect(SocketName.unix(path.toString()));
        }

        Client send(Bytes octets) throws Exception {
            ByteBuffer buffer = ByteBuffer.allocateDirect(octets.length());
            socket.send(buffer.put(octets.buffer()).flip(), null);
            return this;
        }

        Client request(String... words) throws Exception {
            List<Bytes> arguments = new ArrayList<>(List.of(Bytes.ofUtf8("ipsec whack")));
            Arrays.stream(words).map(Bytes::ofUtf8).forEach(arguments::add);
            return send(new ControlRequest("whack", Bytes.ofUtf8("/somewhere"), arguments).encode());
        }

        List<Reply> replies() throws Exception {
            turn();
            ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
            int count;
            while (!atEnd && (count = socket.read(buffer.clear())) >= 0) {
                byte[] octets = new byte[count];
                buffer.get(0, octets);
                decoder.feed(Bytes.wrap(octets));
                atEnd = count == 0;
                turn();
            }
            List<Reply> replies = new ArrayList<>();
            for (Optional<Reply> reply = decoder.next(); reply.isPresent(); reply = decoder.next()) {
                replies.add(reply.get());
            }
            return replies;
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Lets everything happen that can happen now. */
    private void turn() throws Exception {
        for (int i = 0; i < 4; i++) {
            loop.post("turn", loop::stop);
            loop.run();
        }
    }

    @Test
    void theSocketIsForItsOwnerAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rwx------");
    }

    @Test
    void aRequestIsCarriedOutAndItsReplyEnds() throws Exception {
        try (Client client = new Client()) {
            client.request("--status");
            turn();
            assertThat(requests.get(0).argumentTexts()).containsExactly("--status");
            ControlSession session = sessions.get(0);
            assertThat(session.pid()).isEqualTo((int) ProcessHandle.current().pid());
            session.line(2, "listening");
            session.raw("as it is");
            session.finish();
            session.line(2, "too late");
            assertThat(client.replies())
                    .containsExactly(new Reply.Line(2, "listening"), Reply.raw("as it is"), Reply.end());
            assertThat(client.atEnd).isTrue();
            assertThat(session.isAttached()).isFalse();
            assertThat(control.clients()).isZero();
        }
    }

    @Test
    void aRequestMayComeInPieces() throws Exception {
        Bytes whole = new ControlRequest("whack", Bytes.ofUtf8("/"), List.of(Bytes.ofUtf8("w"))).encode();
        try (Client client = new Client()) {
            for (int i = 0; i < whole.length(); i++) {
                assertThat(requests).isEmpty();
                client.send(whole.slice(i, 1));
                turn();
            }
            assertThat(requests).hasSize(1);
        }
    }

    @Test
    void severalClientsAreServedAtATime() throws Exception {
        try (Client one = new Client();
                Client two = new Client()) {
            one.request("one");
            two.request("two");
            turn();
            sessions.get(1).finish();
            sessions.get(0).line(2, "still there");
            assertThat(two.replies()).containsExactly(Reply.end());
            assertThat(one.replies()).containsExactly(new Reply.Line(2, "still there"));
        }
    }

    @Test
    void anotherVersionIsToldSo() throws Exception {
        try (Client client = new Client()) {
            client.send(Bytes.ofUtf8("JSWN").plus(Bytes.of(9, 0, 0, 0, 0)));
            List<Reply> replies = client.replies();
            assertThat(((Reply.ErrorText) replies.get(0)).octets().utf8())
                    .isEqualTo("pluto: whack speaks version 9 of the control protocol, pluto version 1; Mismatched"
                            + " versions of userland tools.\n");
            assertThat(replies.get(1)).isEqualTo(Reply.end(33));
            assertThat(client.atEnd).isTrue();
        }
    }

    @Test
    void aPromptIsAnsweredByTheUser() throws Exception {
        List<String> answers = new ArrayList<>();
        try (Client client = new Client()) {
            client.request("--initiate");
            turn();
            sessions.get(0).prompt(40, "password:", answers::add);
            assertThat(client.replies()).containsExactly(new Reply.Prompt(40, "password:"));
            client.send(Answer.encode(Bytes.ofUtf8("secret")));
            turn();
            assertThat(answers).containsExactly("secret");
        }
    }

    @Test
    void aPromptIsAnsweredByTheRequestIfItCan() throws Exception {
        List<String> answers = new ArrayList<>();
        try (Client client = new Client()) {
            client.request("--initiate");
            turn();
            sessions.get(0).setAnswers(Optional.of("user"), Optional.of("secret"));
            sessions.get(0).prompt(41, "user:", answers::add);
            sessions.get(0).prompt(40, "password:", answers::add);
            assertThat(answers).isEmpty();
            assertThat(client.replies()).containsExactly(new Reply.Line(41, "user:"), new Reply.Line(40, "password:"));
            assertThat(answers).containsExactly("user", "secret");
        }
    }

    @Test
    void aClientThatGoesDetachesAndItsPromptsAreOver() throws Exception {
        List<String> answers = new ArrayList<>();
        Client client = new Client();
        client.request("--initiate");
        turn();
        sessions.get(0).prompt(40, "password:", answers::add);
        client.close();
        turn();
        assertThat(sessions.get(0).isAttached()).isFalse();
        assertThat(answers).containsExactly((String) null);
        sessions.get(0).line(2, "nobody hears it");
        sessions.get(0).finish();
        assertThat(control.clients()).isZero();
    }

    @Test
    void aClientThatAsksNoMoreStillReads() throws Exception {
        try (Client client = new Client()) {
            client.request("--status");
            client.socket.shutdown(Linux.SHUT_WR);
            turn();
            sessions.get(0).line(2, "answer");
            sessions.get(0).finish();
            assertThat(client.replies()).containsExactly(new Reply.Line(2, "answer"), Reply.end());
        }
    }

    @Test
    void aClientThatDoesNotReadIsCutOffWhenItsQueueIsFull() throws Exception {
        try (Client client = new Client()) {
            client.request("--status");
            turn();
            ControlSession session = sessions.get(0);
            String text = "x".repeat(1 << 19);
            for (int i = 0; i < ControlSession.MAX_QUEUE >> 19; i++) {
                assertThat(session.isAttached()).isTrue();
                session.line(2, text);
            }
            session.line(2, text);
            assertThat(session.isAttached()).isFalse();
            assertThat(control.clients()).isZero();
        }
    }

    @Test
    void aLongListingReachesASlowReader() throws Exception {
        try (Client client = new Client()) {
            client.request("--status");
            turn();
            for (int i = 0; i < 20_000; i++) {
                sessions.get(0).line(0, "line " + i + " of a listing that is longer than the socket's buffer");
            }
            sessions.get(0).finish();
            assertThat(client.replies()).hasSize(20_001).endsWith(Reply.end());
        }
    }

    @Test
    void anotherUserIsRefused() throws Exception {
        control.close();
        control = ControlSocket.create(path, user() + 1);
        control.serve(loop, timers, log, (request, session) -> requests.add(request));
        try (Client client = new Client()) {
            client.request("--status");
            turn();
            assertThat(requests).isEmpty();
            assertThat(log.logged).containsExactly("control connection of uid " + user() + " refused");
        }
    }

    @Test
    void aSocketLeftBehindIsReplaced() throws Exception {
        control.close();
        assertThat(path).exists();
        control = ControlSocket.create(path, user());
        control.remove();
        assertThat(path).doesNotExist();
    }

    @Test
    void aSocketThatCannotBeMadeEndsTheStart() {
        assertThatThrownBy(() -> ControlSocket.create(folder.resolve("no/pluto.ctl"), 0))
                .isInstanceOfSatisfying(Fatal.class, e -> assertThat(e.status()).isEqualTo(ExitStatus.SOCKET_FAIL))
                .hasMessage("could not bind control socket: No such file or directory (errno 2)");
        assertThatThrownBy(() -> ControlSocket.create(folder.resolve("x".repeat(200)), 0))
                .isInstanceOf(Fatal.class)
                .hasMessage("could not bind control socket: File name too long (errno 36)");
    }
}
