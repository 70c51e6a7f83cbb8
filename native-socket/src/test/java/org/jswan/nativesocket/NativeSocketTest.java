// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shim against this machine's kernel: loopback, port numbers that the kernel picks, sockets in temporary folders. */
class NativeSocketTest {
    private static final byte[] LOOPBACK_V4 = {127, 0, 0, 1};
    private static final byte[] LOOPBACK_V6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    @TempDir
    private Path folder;

    private static ByteBuffer octets(String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(octets.length).put(octets).flip();
    }

    private static NativeSocket udp(byte[] loopback) throws ErrnoException {
        NativeSocket socket =
                NativeSocket.open(loopback.length == 4 ? Linux.AF_INET : Linux.AF_INET6, Linux.SOCK_DGRAM, 0);
        socket.bind(SocketName.inet(loopback, 0));
        return socket;
    }

    private static void await(NativeSocket socket, int events) throws ErrnoException {
        Poller poller = new Poller();
        poller.add(socket, events, ready -> {});
        assertThat(poller.poll(5_000_000_000L)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void passesDatagramsWithAddressesOfBothEnds(boolean v6) throws ErrnoException {
        byte[] loopback = v6 ? LOOPBACK_V6 : LOOPBACK_V4;
        try (NativeSocket west = udp(loopback);
                NativeSocket east = udp(loopback)) {
            east.setOption(
                    v6 ? Linux.IPPROTO_IPV6 : Linux.IPPROTO_IP, v6 ? Linux.IPV6_RECVPKTINFO : Linux.IP_PKTINFO, 1);
            Message message = new Message(100);
            assertThat(east.receive(message)).isEqualTo(-1);

            ByteBuffer hello = octets("hello");
            assertThat(west.send(hello, east.localName(), Control.sourceAddress(loopback, 0), 0))
                    .isEqualTo(5);
            assertThat(hello.hasRemaining()).isFalse();

            await(east, Linux.POLLIN);
            assertThat(east.receive(message)).isEqualTo(5);
            assertThat(message.toArray()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
            assertThat(message.sender()).contains(west.localName());
            assertThat(message.sender().orElseThrow().port())
                    .isEqualTo(west.localName().port());
            assertThat(message.sender().orElseThrow().address()).isEqualTo(loopback);
            assertThat(message.destinationAddress().orElseThrow()).isEqualTo(loopback);
            assertThat(message.interfaceIndex()).contains(1);
            assertThat(message.error()).isEmpty();
            assertThat(message.isTruncated()).isFalse();
        }
    }

    @Test
    void asksAboutNetworkInterfaces() throws ErrnoException {
        try (NativeSocket socket = udp(LOOPBACK_V4)) {
            ByteBuffer info = ByteBuffer.allocateDirect(20)
                    .order(ByteOrder.nativeOrder())
                    .putInt(0, Linux.ETHTOOL_GSSET_INFO)
                    .putLong(8, 1L << Linux.ETH_SS_FEATURES);
            socket.askInterface(Linux.SIOCETHTOOL, "lo", info);
            assertThat(info.getLong(8)).isEqualTo(1L << Linux.ETH_SS_FEATURES);
            assertThat(info.getInt(16)).as("features").isBetween(1, 1000);
            for (String name : List.of("no-such", "a-name-that-is-longer-than-any")) {
                assertThatThrownBy(() -> socket.askInterface(Linux.SIOCETHTOOL, name, info))
                        .hasMessage("ioctl: No such device (ENODEV)");
            }
            assertThatThrownBy(() -> socket.askInterface(Linux.SIOCETHTOOL, "lo", ByteBuffer.allocate(20)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysThatADatagramWasCut() throws ErrnoException {
        try (NativeSocket west = udp(LOOPBACK_V4);
                NativeSocket east = udp(LOOPBACK_V4)) {
            west.send(octets("too long"), east.localName());
            Message message = new Message(3);
            await(east, Linux.POLLIN);
            assertThat(east.receive(message)).isEqualTo(3);
            assertThat(message.isTruncated()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorQueueTellsWhichDatagramWasRefusedAndByWhom(boolean v6) throws ErrnoException {
        byte[] loopback = v6 ? LOOPBACK_V6 : LOOPBACK_V4;
        NativeSocket closed = udp(loopback);
        SocketName nobody = closed.localName();
        closed.close();
        try (NativeSocket socket = udp(loopback)) {
            socket.setOption(v6 ? Linux.IPPROTO_IPV6 : Linux.IPPROTO_IP, v6 ? Linux.IPV6_RECVERR : Linux.IP_RECVERR, 1);
            socket.send(octets("anybody?"), nobody);
            await(socket, 0);
            Message message = new Message(100);
            assertThat(socket.receiveError(message)).isEqualTo(8);
            assertThat(message.toArray()).isEqualTo("anybody?".getBytes(StandardCharsets.UTF_8));
            SocketError error = message.error().orElseThrow();
            assertThat(ErrnoException.name(error.errno())).isEqualTo("ECONNREFUSED");
            assertThat(error.origin()).isEqualTo(v6 ? SocketError.ICMP6 : SocketError.ICMP);
            assertThat(List.of(error.type(), error.code())).isEqualTo(v6 ? List.of(1, 4) : List.of(3, 3));
            assertThat(error.destination()).contains(nobody);
            assertThat(error.offender().orElseThrow().address()).isEqualTo(loopback);
            assertThat(socket.receiveError(message)).isEqualTo(-1);
        }
    }

    @Test
    void errorsCarryNumberNameAndText() throws ErrnoException {
        try (NativeSocket first = udp(LOOPBACK_V4);
                NativeSocket second = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0)) {
            assertThatThrownBy(() -> second.bind(first.localName()))
                    .hasMessage("bind: Address already in use (EADDRINUSE)")
                    .isInstanceOfSatisfying(ErrnoException.class, e -> {
                        assertThat(e.errno()).isEqualTo(98);
                        assertThat(e.name()).isEqualTo("EADDRINUSE");
                        assertThat(e.text()).isEqualTo("Address already in use");
                    });
        }
        assertThat(ErrnoException.name(4711)).isEqualTo("errno 4711");
        assertThat(ErrnoException.text(4711)).isEqualTo("Unknown error");
    }

    @Test
    void closedSocketRefusesEverything() throws ErrnoException {
        NativeSocket socket = udp(LOOPBACK_V4);
        socket.close();
        socket.close();
        assertThat(socket.isOpen()).isFalse();
        assertThatThrownBy(() -> socket.receive(new Message(10))).hasMessageContaining("EBADF");
        assertThatThrownBy(() -> socket.send(octets("x"), null)).hasMessageContaining("EBADF");
        assertThatThrownBy(socket::localName).hasMessageContaining("EBADF");
    }

    @Test
    void buffersOfTheHeapAreRefused() throws ErrnoException {
        try (NativeSocket socket = udp(LOOPBACK_V4)) {
            assertThatThrownBy(() -> socket.send(ByteBuffer.allocate(1), socket.localName()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void localSocketKnowsItsPeerAndItsModeFromTheStart() throws Exception {
        String path = folder.resolve("ctl").toString();
        try (NativeSocket server = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_STREAM, 0);
                NativeSocket client = NativeSocket.open(Linux.AF_UNIX, Linux.SOCK_STREAM, 0)) {
            server.changeMode(0700);
            server.bind(SocketName.unix(path));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(path))))
                    .isEqualTo("rwx------");
            server.listen(5);
            assertThat(server.accept()).isNull();
            client.connect(SocketName.unix(path));
            try (NativeSocket session = server.accept()) {
                assertThat(session.localName().path()).isEqualTo(path);
                assertThat(session.peerName().path()).isEmpty();
                PeerCredentials peer = session.peerCredentials();
                assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
                assertThat(peer.uid()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));

                client.send(octets("status"), null);
                client.shutdown(Linux.SHUT_WR);
                ByteBuffer got = ByteBuffer.allocateDirect(100);
                assertThat(session.read(got)).isEqualTo(6);
                assertThat(got.position()).isEqualTo(6);
                assertThat(session.read(got)).isZero();
            }
            assertThatThrownBy(() -> client.send(octets("x"), null)).hasMessageContaining("EPIPE");
        }
    }

    @Test
    void optionsAreReadAsTheyWereSet() throws ErrnoException {
        try (NativeSocket socket = udp(LOOPBACK_V4)) {
            socket.setOption(Linux.IPPROTO_IP, Linux.IP_TOS, 0x10);
            assertThat(socket.intOption(Linux.IPPROTO_IP, Linux.IP_TOS)).isEqualTo(0x10);
            socket.setOption(Linux.SOL_SOCKET, Linux.SO_RCVBUF, 100_000);
            // socket(7): the kernel doubles it
            assertThat(socket.intOption(Linux.SOL_SOCKET, Linux.SO_RCVBUF)).isEqualTo(200_000);
        }
    }

    @Test
    void netlinkAnswersWithTheRequestsNumber() throws ErrnoException {
        try (NativeSocket socket = NativeSocket.openBlocking(Linux.AF_NETLINK, Linux.SOCK_RAW, Linux.NETLINK_ROUTE)) {
            socket.bind(SocketName.netlink(0, 0));
            assertThat(socket.localName().netlinkPort()).isNotZero();
            // RTM_GETLINK of interface 1
            ByteBuffer request = ByteBuffer.allocateDirect(32).order(ByteOrder.nativeOrder());
            request.putInt(32)
                    .putShort((short) 18)
                    .putShort((short) 1)
                    .putInt(4711)
                    .putInt(0);
            request.putInt(0).putInt(1).putInt(0).putInt(0).flip();
            socket.send(request, SocketName.netlink(0, 0));
            Message answer = new Message(16384);
            assertThat(socket.receive(answer)).isGreaterThan(32);
            assertThat(answer.data().getInt(8)).isEqualTo(4711);
            assertThat(answer.sender().orElseThrow().netlinkPort()).isZero();
        }
    }

    @Test
    void wakeUpRingsFromAnotherThreadAndOnlyUntilCleared() throws Exception {
        Poller poller = new Poller();
        try (WakeUp wakeUp = new WakeUp()) {
            poller.add(wakeUp.socket(), Linux.POLLIN, events -> {});
            assertThat(poller.poll(0)).isZero();
            Thread ringer = new Thread(() -> {
                wakeUp.ring();
                wakeUp.ring();
            });
            ringer.start();
            assertThat(poller.poll(-1)).isEqualTo(1);
            ringer.join();
            wakeUp.clear();
            assertThat(poller.poll(0)).isZero();
            wakeUp.clear();
        }
    }

    @Test
    void handlersMayAddAndCancelWhileTheyRun() throws ErrnoException {
        Poller poller = new Poller();
        List<String> ran = new ArrayList<>();
        List<NativeSocket> sockets = new ArrayList<>();
        List<Poller.Registration> registrations = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int number = i;
            NativeSocket socket = udp(LOOPBACK_V4);
            sockets.add(socket);
            registrations.add(poller.add(socket, Linux.POLLOUT, events -> {
                ran.add(number + ":" + events);
                if (number == 0) {
                    registrations.get(1).cancel();
                    poller.add(sockets.get(1), Linux.POLLOUT, again -> ran.add("1 again"));
                } else {
                    registrations.get(number).setEvents(0);
                }
            }));
        }
        assertThat(poller.poll(0)).isEqualTo(40);
        assertThat(ran).hasSize(39).startsWith("0:4", "2:4").endsWith("39:4");
        ran.clear();
        registrations.get(0).cancel();
        registrations.get(0).cancel();
        assertThat(poller.poll(0)).isEqualTo(1);
        assertThat(ran).containsExactly("1 again");
        assertThat(poller.size()).isEqualTo(39);
        sockets.forEach(NativeSocket::close);
    }

    @Test
    void closedSocketThatIsStillPolledShows() throws ErrnoException {
        Poller poller = new Poller();
        NativeSocket socket = udp(LOOPBACK_V4);
        List<Integer> ran = new ArrayList<>();
        poller.add(socket, Linux.POLLIN, ran::add);
        socket.close();
        assertThat(poller.poll(0)).isEqualTo(1);
        assertThat(ran).containsExactly(Linux.POLLNVAL);
    }

    @Test
    void bootClockGoesForward() {
        long before = BootClock.nanos();
        assertThat(BootClock.nanos()).isGreaterThanOrEqualTo(before).isPositive();
    }

    @Test
    void namesRefuseWhatDoesNotFit() {
        assertThatThrownBy(() -> SocketName.unix("/" + "x".repeat(107))).isInstanceOf(IllegalArgumentException.class);
        assertThat(SocketName.unix("/" + "x".repeat(106)).path()).hasSize(107);
        assertThatThrownBy(() -> SocketName.inet(new byte[5], 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SocketName.unix("/x").port()).isInstanceOf(IllegalStateException.class);
        assertThat(SocketName.inet(LOOPBACK_V6, 500, 3).scope()).isEqualTo(3);
    }
}
