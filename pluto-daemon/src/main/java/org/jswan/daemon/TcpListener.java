// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.time.Duration;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Transport;

/** Listens for streams of others. Those that have not said anything yet are bounded in number. */
final class TcpListener implements IkeSocket {
    /** So many streams at most wait for their first message; who comes then is turned away. */
    static final int MAXIMUM_SILENT = 128;

    private static final int BATCH = 16;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final TcpContext context;
    private final InterfaceAddress address;
    private final Endpoint local;
    private final NativeSocket socket;
    private final Poller.Registration registration;
    private int silent;

    TcpListener(TcpContext context, InterfaceAddress address, Endpoint local, NativeSocket socket) {
        this.context = context;
        this.address = address;
        this.local = local;
        this.socket = socket;
        registration = context.loop().watch(socket, Linux.POLLIN, "TCP connection", events -> ready());
    }

    private void ready() {
        for (int i = 0; i < BATCH && socket.isOpen(); i++) {
            try {
                NativeSocket accepted = socket.accept();
                if (accepted == null) {
                    return;
                }
                take(accepted);
            } catch (ErrnoException e) {
                context.log().log("ERROR: TCP: accept() on " + local + " failed: " + IoReason.withErrno(e));
                pause();
                return;
            }
        }
    }

    /** Too many files are open, say: the connection still waits, and would be told of again and again. */
    private void pause() {
        registration.setEvents(0);
        context.timers().after(PAUSE, "IKETCP accept", () -> registration.setEvents(Linux.POLLIN));
    }

    private void take(NativeSocket accepted) {
        try {
            Endpoint remote = UdpSocket.endpoint(accepted.peerName());
            if (silent == MAXIMUM_SILENT) {
                context.log().debug("connection from " + remote + ": too many silent connections; closing socket");
                accepted.close();
                return;
            }
            silent++;
            TcpStream.accepted(context, address, local, remote, accepted, () -> silent--);
        } catch (ErrnoException gone) {
            // It was reset before we came to it.
            context.log().debug("TCP: accepted connection is gone: " + IoReason.withErrno(gone));
            accepted.close();
        }
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
    public Transport transport() {
        return Transport.TCP;
    }

    @Override
    public boolean encapsulates() {
        return true;
    }

    @Override
    public void send(Endpoint remote, Bytes message) throws IOException {
        throw new ErrnoException("write", Linux.ENOTCONN);
    }

    @Override
    public void sendKeepalive(Endpoint remote) throws IOException {
        throw new ErrnoException("write", Linux.ENOTCONN);
    }

    @Override
    public void close() {
        registration.cancel();
        socket.close();
    }
}
