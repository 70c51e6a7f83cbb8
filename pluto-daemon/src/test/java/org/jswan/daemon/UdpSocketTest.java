// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.Message;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.InterfaceAddress;
import org.jswan.time.TimerQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On the loopback interface, at ports that the kernel chooses. */
@Timeout(20)
class UdpSocketTest {
    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1").orElseThrow();
    private static final Bytes MESSAGE = Bytes.ofHex("0102030405060708");

    private final Lines log = new Lines();
    private final List<String> received = new ArrayList<>();
    private final ManualClock clock = new ManualClock();
    private Loop loop;
    private NativeSocket peer;
    private UdpSocket socket;

    private final DatagramReceiver receiver = new DatagramReceiver() {
        @Override
        public void datagram(IkeSocket from, Endpoint sender, Bytes message) {
            received.add(message.hex());
        }

        @Override
        public void networkError(IkeSocket from, Bytes rejected, String report) {
            received.add("error for " + rejected.hex() + ": " + report);
        }

        @Override
        public void streamBroken(IkeStream stream) {
            throw new AssertionError("there is no stream");
        }
    };

    @BeforeEach
    void open() throws Exception {
        loop = new Loop(clock, new TimerQueue(clock), log);
        peer = bound();
    }

    @AfterEach
    void close() {
        socket.close();
        peer.close();
        loop.close();
    }

    private static NativeSocket bound() throws IOException {
        NativeSocket bound = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0);
        bound.bind(SocketName.inet(LOOPBACK.octets().toArray(), 0));
        return bound;
    }

    private void open(boolean encapsulates, boolean tellsAddresses) throws IOException {
        NativeSocket raw = bound();
        raw.setOption(Linux.IPPROTO_IP, Linux.IP_RECVERR, 1);
        socket = new UdpSocket(
                new InterfaceAddress("lo", LOOPBACK),
                new Endpoint(LOOPBACK, raw.localName().port()),
                encapsulates,
                raw,
                UdpSocket.Buffers.allocate(),
                loop,
                receiver,
                log,
                tellsAddresses);
    }

    private void peerSends(Bytes datagram) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        SocketName to =
                SocketName.inet(LOOPBACK.octets().toArray(), socket.local().port());
        peer.send(buffer.put(datagram.buffer()).flip(), to);
    }

    private String peerReceives() throws IOException {
        Message message = new Message(100);
        peer.receive(message);
        return Bytes.wrap(message.toArray()).hex();
    }

    private Endpoint peerEndpoint() throws IOException {
        return new Endpoint(LOOPBACK, peer.localName().port());
    }

    private void turn() throws IOException {
        for (int i = 0; i < 3; i++) {
            loop.post("turn", loop::stop);
            loop.run();
        }
    }

    @Test
    void aKeepaliveIsOneOctet() throws Exception {
        open(true, true);
        socket.sendKeepalive(peerEndpoint());
        assertThat(peerReceives()).isEqualTo("ff");
    }

    @Test
    void messagesGoOutAndComeInAsTheyAre() throws Exception {
        open(false, true);
        socket.send(peerEndpoint(), MESSAGE);
        assertThat(peerReceives()).isEqualTo(MESSAGE.hex());
        peerSends(MESSAGE);
        turn();
        assertThat(received).containsExactly(MESSAGE.hex());
        assertThat(log.logged).isEmpty();
    }

    @Test
    void withEncapsulationTheyHaveAMarker() throws Exception {
        open(true, true);
        socket.send(peerEndpoint(), MESSAGE);
        assertThat(peerReceives()).isEqualTo("00000000" + MESSAGE.hex());
        peerSends(Bytes.of(0, 0, 0, 0).plus(MESSAGE));
        turn();
        assertThat(received).containsExactly(MESSAGE.hex());
    }

    @Test
    void whatHasNoMarkerIsToldAndDropped() throws Exception {
        open(true, true);
        String from = "packet from " + peerEndpoint() + ": ";
        peerSends(Bytes.of(1, 2));
        peerSends(MESSAGE);
        peerSends(Bytes.of(0, 0, 0, 0, 0, 0, 0, 0, 1));
        turn();
        assertThat(received).isEmpty();
        assertThat(log.logged)
                .containsExactly(
                        from + "too small packet (2)",
                        from + "has no Non-ESP marker",
                        from + "mangled with potential spurious non-esp marker");
    }

    @Test
    void peersAreNotNamedWhereTheirAddressesAreNotToBeLogged() throws Exception {
        open(true, false);
        peerSends(MESSAGE);
        turn();
        assertThat(log.logged).containsExactly("packet from <endpoint>: has no Non-ESP marker");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void keepalivesMeanNothing(boolean encapsulates) throws Exception {
        open(encapsulates, true);
        peerSends(Bytes.of(0xff));
        turn();
        assertThat(received).isEmpty();
        assertThat(log.logged).isEmpty();
    }

    @Test
    void aMessageThatCouldNotBeDeliveredIsReported() throws Exception {
        open(true, true);
        Endpoint gone = peerEndpoint();
        peer.close();
        socket.send(gone, MESSAGE);
        turn();
        assertThat(received)
                .containsExactly("error for " + MESSAGE.hex() + ": ERROR: asynchronous network error report on lo ("
                        + socket.local() + ")"
                        + ", complainant 127.0.0.1: Connection refused [errno 111, origin ICMP type 3 code 3 (not"
                        + " authenticated)]");
    }

    @Test
    void anEarlierFailureDoesNotStopTheNextMessage() throws Exception {
        open(false, true);
        Endpoint gone;
        try (NativeSocket other = bound()) {
            gone = new Endpoint(LOOPBACK, other.localName().port());
        }
        socket.send(gone, MESSAGE);
        socket.send(peerEndpoint(), MESSAGE);
        assertThat(peerReceives()).isEqualTo(MESSAGE.hex());
    }
}
