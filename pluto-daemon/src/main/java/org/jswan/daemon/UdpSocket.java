// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.log.LogSink;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.Message;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;
import org.jswan.nativesocket.SocketError;
import org.jswan.nativesocket.SocketName;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;

/** One UDP socket for IKE; with encapsulation, the kernel takes the ESP packets out and every message has a marker. */
final class UdpSocket implements IkeSocket {
    /** RFC 3948 §2.2. */
    private static final Bytes NON_ESP_MARKER = Bytes.of(0, 0, 0, 0);
    /** RFC 3948 §2.3: keeps a NAT's mapping alive and means nothing else. */
    private static final int KEEPALIVE = 0xff;
    /** So many datagrams at most before others get their turn. */
    private static final int BATCH = 64;

    private final InterfaceAddress address;
    private final Endpoint local;
    private final boolean encapsulates;
    private final NativeSocket socket;
    private final Buffers buffers;
    private final DatagramReceiver receiver;
    private final LogSink log;
    private final boolean tellsAddresses;
    private final Poller.Registration registration;

    /** Shared by all sockets: the loop works with one at a time. */
    record Buffers(Message in, ByteBuffer out) {
        static Buffers allocate() {
            return new Buffers(new Message(1 << 16), ByteBuffer.allocateDirect(1 << 16));
        }
    }

    /** @param tellsAddresses whether peers' addresses may be logged */
    UdpSocket(
            InterfaceAddress address,
            Endpoint local,
            boolean encapsulates,
            NativeSocket socket,
            Buffers buffers,
            Loop loop,
            DatagramReceiver receiver,
            LogSink log,
            boolean tellsAddresses) {
        this.address = address;
        this.local = local;
        this.encapsulates = encapsulates;
        this.socket = socket;
        this.buffers = buffers;
        this.receiver = receiver;
        this.log = log;
        this.tellsAddresses = tellsAddresses;
        registration = loop.watch(socket, Linux.POLLIN, "datagram", this::ready);
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
    public boolean encapsulates() {
        return encapsulates;
    }

    @Override
    public void send(Endpoint remote, Bytes message) throws IOException {
        transmit(encapsulates ? NON_ESP_MARKER : Bytes.EMPTY, message, remote);
    }

    @Override
    public void sendKeepalive(Endpoint remote) throws IOException {
        transmit(Bytes.EMPTY, Bytes.of(KEEPALIVE), remote);
    }

    private void transmit(Bytes marker, Bytes message, Endpoint remote) throws IOException {
        SocketName name = SocketName.inet(remote.address().octets().toArray(), remote.port());
        try {
            transmit(marker, message, name);
        } catch (ErrnoException e) {
            // Likely what became of an earlier message: that is reported apart, and this one may pass.
            readErrors();
            again(marker, message, name);
        }
    }

    private void again(Bytes marker, Bytes message, SocketName name) throws IOException {
        try {
            transmit(marker, message, name);
        } catch (ErrnoException refused) {
            throw new IOException(IoReason.withErrno(refused), refused);
        }
    }

    private void transmit(Bytes marker, Bytes message, SocketName name) throws ErrnoException {
        ByteBuffer out = buffers.out().clear().put(marker.buffer());
        if (message.length() > out.remaining()) {
            throw new ErrnoException("sendto", Linux.EMSGSIZE);
        }
        // A full buffer loses the message as the network may: retransmission helps against both.
        socket.send(out.put(message.buffer()).flip(), name);
    }

    private void ready(int events) {
        if ((events & Linux.POLLERR) != 0) {
            readErrors();
        }
        if ((events & Linux.POLLIN) != 0) {
            for (int i = 0; i < BATCH && socket.isOpen() && receive(); i++) {}
        }
    }

    /** Takes one datagram; false if none waits. */
    private boolean receive() {
        try {
            if (socket.receive(buffers.in()) < 0) {
                return false;
            }
        } catch (ErrnoException e) {
            log.log("recvfrom on " + address.interfaceName() + " failed: " + IoReason.withErrno(e));
            return false;
        }
        Endpoint sender = endpoint(buffers.in().sender().orElseThrow());
        accept(sender, Bytes.wrap(buffers.in().toArray()));
        return true;
    }

    private void accept(Endpoint sender, Bytes datagram) {
        Bytes message = datagram;
        if (encapsulates) {
            if (datagram.length() == 1 && datagram.get(0) == KEEPALIVE) {
                // The kernel swallows these, but only where it knows encapsulation.
                return;
            }
            if (datagram.length() < NON_ESP_MARKER.length()) {
                complain(sender, "too small packet (" + datagram.length() + ")");
                return;
            }
            if (!datagram.startsWith(NON_ESP_MARKER)) {
                complain(sender, "has no Non-ESP marker");
                return;
            }
            message = datagram.from(NON_ESP_MARKER.length());
            if (message.startsWith(NON_ESP_MARKER)) {
                complain(sender, "mangled with potential spurious non-esp marker");
                return;
            }
        }
        if (message.length() == 1 && message.get(0) == KEEPALIVE) {
            log.debug("NAT-T keep-alive from " + shown(sender) + " ignored");
            return;
        }
        receiver.datagram(this, sender, message);
    }

    private void complain(Endpoint sender, String what) {
        log.log("packet from " + shown(sender) + ": " + what);
    }

    private String shown(Endpoint peer) {
        return tellsAddresses ? peer.toString() : "<endpoint>";
    }

    /** Reports what the kernel learned of messages sent earlier. */
    private void readErrors() {
        try {
            for (int i = 0; i < BATCH && socket.isOpen() && socket.receiveError(buffers.in()) >= 0; i++) {
                Bytes rejected = Bytes.wrap(buffers.in().toArray());
                boolean keepalive = rejected.length() == 1 && rejected.get(0) == KEEPALIVE;
                if (!keepalive && buffers.in().error().isPresent()) {
                    boolean marked = encapsulates && rejected.startsWith(NON_ESP_MARKER);
                    String report = report(buffers.in().error().get());
                    receiver.networkError(this, marked ? rejected.from(NON_ESP_MARKER.length()) : rejected, report);
                }
            }
        } catch (ErrnoException e) {
            log.log("ERROR: recvmsg(,, MSG_ERRQUEUE) on " + address.interfaceName() + " failed: "
                    + IoReason.withErrno(e));
        }
    }

    private String report(SocketError error) {
        String complainant = error.offender()
                .map(name -> endpoint(name).address().toString())
                .orElse("unspecified");
        return "ERROR: asynchronous network error report on " + address.interfaceName() + " (" + local + ")"
                + ", complainant " + complainant + ": " + ErrnoException.text(error.errno()) + " [errno "
                + error.errno() + ", origin " + origin(error) + "]";
    }

    private static String origin(SocketError error) {
        String icmp = " type " + error.type() + " code " + error.code() + " (not authenticated)";
        return switch (error.origin()) {
            case 0 -> "none";
            case SocketError.LOCAL -> "local";
            case SocketError.ICMP -> "ICMP" + icmp;
            case SocketError.ICMP6 -> "ICMP6" + icmp;
            default -> "invalid origin " + error.origin();
        };
    }

    static Endpoint endpoint(SocketName name) {
        return new Endpoint(IpAddress.of(Bytes.wrap(name.address())), name.port());
    }

    AddressFamily family() {
        return local.address().family();
    }

    @Override
    public void close() {
        registration.cancel();
        socket.close();
    }
}
