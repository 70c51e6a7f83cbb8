// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.time.TimerQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * On the loopback interface, at ports that the kernel chooses. The kernel is not asked to cut the streams into messages,
 * which many lack, but for the test of its absence: what is written at once comes at once here.
 */
@Timeout(20)
class TcpStreamTest {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();
    private static final InterfaceAddress LO = new InterfaceAddress("lo", LOOPBACK);
    private static final String MESSAGE = "0102030405060708";

    private final Lines log = new Lines();
    private final List<String> events = new ArrayList<>();
    private final List<IkeStream> held = new ArrayList<>();
    private final ManualClock clock = new ManualClock();
    private final TimerQueue timers = new TimerQueue(clock);
    private boolean keeps = true;
    private boolean unframed = true;
    private Loop loop;
    private TcpContext context;
    private TcpListener listener;
    private final List<NativeSocket> peers = new ArrayList<>();

    private final DatagramReceiver receiver = new DatagramReceiver() {
        @Override
        public void datagram(IkeSocket from, Endpoint sender, Bytes message) {
            events.add(message.hex());
            if (keeps && held.isEmpty()) {
                IkeStream stream = from.stream().orElseThrow();
                stream.hold();
                held.add(stream);
            }
        }

        @Override
        public void networkError(IkeSocket from, Bytes rejected, String report) {
            throw new AssertionError(report);
        }

        @Override
        public void streamBroken(IkeStream stream) {
            events.add("broken");
        }
    };

    @BeforeEach
    void listen() throws Exception {
        loop = new Loop(clock, timers, log);
        context = new TcpContext(loop, timers, receiver, log, TcpContext.newBuffer(), true, () -> unframed);
        NativeSocket socket = NativeSocket.open(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        socket.bind(SocketName.inet(LOOPBACK.octets().toArray(), 0));
        socket.listen(200);
        listener = new TcpListener(context, LO, UdpSocket.endpoint(socket.localName()), socket);
    }

    @AfterEach
    void close() {
        held.forEach(IkeSocket::close);
        listener.close();
        peers.forEach(NativeSocket::close);
        loop.close();
    }

    /** Lets the loop run until {@code condition} holds. */
    private void until(BooleanSupplier condition) throws Exception {
        while (!condition.getAsBoolean()) {
            loop.post("test", loop::stop);
            loop.run();
        }
    }

    private NativeSocket peer() throws IOException {
        NativeSocket peer = NativeSocket.openBlocking(Linux.AF_INET, Linux.SOCK_STREAM, 0);
        peers.add(peer);
        peer.connect(
                SocketName.inet(LOOPBACK.octets().toArray(), listener.local().port()));
        return peer;
    }

    private static void write(NativeSocket peer, byte[] octets) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(octets.length).put(octets).flip();
        peer.send(out, null);
    }

    private static byte[] prefix() {
        return "IKETCP".getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] marked(String hex) {
        return Bytes.ofHex("00000000" + hex).toArray();
    }

    private boolean logged(String end) {
        return log.logged.stream().anyMatch(line -> line.endsWith(end));
    }

    private void afterPrefix(NativeSocket peer) throws Exception {
        write(peer, prefix());
        until(() -> logged("IMPAIR: skipping setsockopt(ESPINTCP)"));
    }

    @Test
    void messagesPassBothWays() throws Exception {
        NativeSocket peer = peer();
        afterPrefix(peer);
        write(peer, marked(MESSAGE));
        until(() -> events.contains(MESSAGE));
        held.get(0).send(held.get(0).remote(), Bytes.ofHex("aabb"));
        ByteBuffer in = ByteBuffer.allocateDirect(100);
        assertThat(peer.read(in)).isEqualTo(6);
        assertThat(in.flip()).isEqualTo(ByteBuffer.wrap(marked("aabb")));
        assertThat(log.logged.get(0))
                .matches("connection from 127.0.0.1:\\d+: IKETCP ACCEPTED: socket \\d+: accepted connection");
    }

    @Test
    void endOfTheStreamIsToldToWhoHoldsIt() throws Exception {
        NativeSocket peer = peer();
        afterPrefix(peer);
        write(peer, marked(MESSAGE));
        until(() -> events.contains(MESSAGE));
        peer.close();
        until(() -> events.contains("broken"));
        assertThat(logged(": 0 byte packet indicates EOF")).isTrue();
    }

    @Test
    void streamThatNobodyHoldsIsClosedAfterItsFirstMessage() throws Exception {
        keeps = false;
        NativeSocket peer = peer();
        afterPrefix(peer);
        write(peer, marked(MESSAGE));
        until(() -> events.contains(MESSAGE));
        assertThat(peer.read(ByteBuffer.allocateDirect(10))).isZero();
        assertThat(events).doesNotContain("broken");
        assertThat(timers.pending()).isZero();
    }

    @Test
    void whoIsNoIkePeerIsTurnedAway() throws Exception {
        write(peer(), "123456".getBytes(StandardCharsets.US_ASCII));
        until(() -> logged("prefix did not match 'IKETCP'; closing socket"));
        write(peer(), "I".getBytes(StandardCharsets.US_ASCII));
        until(() -> logged("reading 'IKETCP' prefix returned 1 bytes but expecting 6; closing socket"));
        peer().close();
        until(() -> logged("reading 'IKETCP' prefix returned 0 bytes but expecting 6; closing socket"));
        NativeSocket small = peer();
        afterPrefix(small);
        write(small, new byte[3]);
        until(() -> logged("3 byte first packet is way to small"));
        assertThat(events).isEmpty();
        assertThat(timers.pending()).isZero();
    }

    @Test
    void messageWithoutMarkerBreaksTheStream() throws Exception {
        NativeSocket peer = peer();
        afterPrefix(peer);
        write(peer, Bytes.ofHex("0102030405").toArray());
        until(() -> logged("5 byte first packet is missing 4 byte zero ESP marker"));
        assertThat(events).isEmpty();
    }

    @Test
    void silenceEndsAfterFiveSeconds() throws Exception {
        NativeSocket peer = peer();
        until(() -> logged("accepted connection"));
        clock.advance(Duration.ofSeconds(5));
        until(() -> logged("IKETCP ACCEPTED: socket " + fd() + ": timeout out before first message received"));
        assertThat(peer.read(ByteBuffer.allocateDirect(10))).isZero();
    }

    private String fd() {
        String line = log.logged.get(0);
        return line.substring(line.indexOf("socket ") + 7, line.lastIndexOf(':'));
    }

    @Test
    void silentOnesAreBounded() throws Exception {
        for (int i = 0; i < TcpListener.MAXIMUM_SILENT + 2; i++) {
            peer();
        }
        until(() -> log.debugged.stream()
                        .filter(line -> line.contains("too many silent"))
                        .count()
                == 2);
        assertThat(timers.pending()).isEqualTo(TcpListener.MAXIMUM_SILENT);
    }

    @Test
    void kernelThatCannotCutStreamsRefusesThem() throws Exception {
        unframed = false;
        write(peer(), prefix());
        // With one that can, the stream goes on to wait for its first message.
        until(() -> logged("SOL_TCP, TCP_ULP, \"espintcp\") failed: No such file or directory (errno 2)")
                || timers.pending() == 1 && logged("accepted connection"));
    }

    private static final class Outcome implements Network.Connecting {
        private IkeStream stream;
        private String why;

        @Override
        public void connected(IkeStream opened) {
            stream = opened;
        }

        @Override
        public void failed(String reason) {
            why = reason;
        }
    }

    @Test
    void openedStreamReachesTheListener() throws Exception {
        Outcome outcome = new Outcome();
        TcpConnector.connect(context, LO, listener.local(), outcome);
        until(() -> outcome.stream != null);
        assertThat(outcome.stream.isOpenedByUs()).isTrue();
        assertThat(outcome.stream.local().address()).isEqualTo(LOOPBACK);
        until(() -> logged("IMPAIR: skipping setsockopt(ESPINTCP)"));
        outcome.stream.send(listener.local(), Bytes.ofHex(MESSAGE));
        until(() -> events.contains(MESSAGE));
        outcome.stream.hold();
        outcome.stream.release();
        until(() -> events.contains("broken"));
    }

    @Test
    void refusalIsTold() throws Exception {
        Endpoint nobody = listener.local();
        listener.close();
        Outcome outcome = new Outcome();
        TcpConnector.connect(context, LO, nobody, outcome);
        until(() -> outcome.why != null);
        assertThat(outcome.why).matches("TCP: connect\\(\\d+\\) failed: Connection refused \\(errno 111\\)");
    }
}
