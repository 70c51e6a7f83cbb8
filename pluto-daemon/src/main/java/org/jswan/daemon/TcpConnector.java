// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import org.jswan.base.AddressFamily;
import org.jswan.base.Endpoint;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.Poller;
import org.jswan.nativesocket.SocketName;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network.Connecting;
import org.jswan.xfrm.SocketPolicy;

/** Opens a stream to a peer while the loop does other things. */
final class TcpConnector {
    private final TcpContext context;
    private final InterfaceAddress from;
    private final Endpoint remote;
    private final Connecting outcome;
    private NativeSocket socket;
    private Poller.Registration registration;

    private TcpConnector(TcpContext context, InterfaceAddress from, Endpoint remote, Connecting outcome) {
        this.context = context;
        this.from = from;
        this.remote = remote;
        this.outcome = outcome;
    }

    static void connect(TcpContext context, InterfaceAddress from, Endpoint remote, Connecting outcome) {
        new TcpConnector(context, from, remote, outcome).begin();
    }

    private void begin() {
        boolean v4 = remote.address().family() == AddressFamily.IPV4;
        try {
            socket = NativeSocket.open(v4 ? Linux.AF_INET : Linux.AF_INET6, Linux.SOCK_STREAM, 0);
        } catch (ErrnoException e) {
            fail("TCP: cloexec_socket(" + (v4 ? "PF_INET" : "PF_INET6") + ",SOCK_STREAM,IPPROTO_TCP) failed", e);
            return;
        }
        String step = "setsockopt(" + (v4 ? "IP_XFRM_POLICY" : "IPV6_XFRM_POLICY") + ")";
        try {
            SocketPolicy.bypass(socket, remote.address().family());
            step = "bind(" + socket.fd() + ")";
            socket.bind(SocketName.inet(from.address().octets().toArray(), 0));
            step = "connect(" + socket.fd() + ")";
            socket.connect(SocketName.inet(remote.address().octets().toArray(), remote.port()));
            context.loop().post("TCP connected", this::finish);
        } catch (ErrnoException e) {
            if (e.errno() == Linux.EINPROGRESS) {
                registration = context.loop().watch(socket, Linux.POLLOUT, "TCP connected", events -> connected());
            } else {
                fail("TCP: " + step + " failed", e);
            }
        }
    }

    private void connected() {
        registration.cancel();
        try {
            int errno = socket.intOption(Linux.SOL_SOCKET, Linux.SO_ERROR);
            if (errno != 0) {
                throw new ErrnoException("connect", errno);
            }
            finish();
        } catch (ErrnoException e) {
            fail("TCP: connect(" + socket.fd() + ") failed", e);
        }
    }

    private void finish() {
        TcpStream stream;
        try {
            Endpoint local = UdpSocket.endpoint(socket.localName());
            stream = TcpStream.opened(context, from, local, remote, socket);
        } catch (IOException e) {
            fail(e instanceof ErrnoException errno ? IoReason.withErrno(errno) : e.getMessage());
            return;
        }
        outcome.connected(stream);
    }

    private void fail(String step, ErrnoException e) {
        fail(step + ": " + IoReason.withErrno(e));
    }

    private void fail(String why) {
        if (socket != null) {
            socket.close();
        }
        context.loop().post("TCP failed", () -> outcome.failed(why));
    }
}
