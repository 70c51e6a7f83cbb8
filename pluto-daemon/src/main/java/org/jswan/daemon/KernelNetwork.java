// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.LogSink;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.net.RouteListing;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.net.Whereabouts;
import org.jswan.time.TimerQueue;
import org.jswan.xfrm.RouteTable;
import org.jswan.xfrm.SocketPolicy;

/** This machine's network: addresses and routes by rtnetlink, IKE over sockets of its own. */
final class KernelNetwork implements Network {
    /** Among the highest that need no privilege of their own. */
    private static final int PRIORITY = 6;
    /** So many TCP connections at most wait in the kernel to be accepted. */
    private static final int BACKLOG = 64;

    private final Whereabouts whereabouts;
    private final Loop loop;
    private final LogSink log;
    private final boolean tellsAddresses;
    private final UdpSocket.Buffers buffers = UdpSocket.Buffers.allocate();
    private final TimerQueue timers;
    private DatagramReceiver receiver;
    private TcpContext tcp;

    KernelNetwork(RouteTable routes, Loop loop, TimerQueue timers, LogSink log, boolean tellsAddresses) {
        this.whereabouts = new KernelWhereabouts(routes);
        this.loop = loop;
        this.timers = timers;
        this.log = log;
        this.tellsAddresses = tellsAddresses;
    }

    /** Who gets what is received, and how TCP is impaired; to be told before the first socket is opened. */
    void deliverTo(DatagramReceiver newReceiver, Impairments impair) {
        receiver = newReceiver;
        tcp = new TcpContext(
                loop,
                timers,
                newReceiver,
                log,
                TcpContext.newBuffer(),
                tellsAddresses,
                () -> impair.on(Impairment.TCP_SKIP_SETSOCKOPT_ESPINTCP));
    }

    @Override
    public List<InterfaceAddress> addresses() throws IOException {
        return whereabouts.addresses();
    }

    @Override
    public Optional<Route> route(IpAddress destination) throws IOException {
        return whereabouts.route(destination);
    }

    @Override
    public Optional<IpAddress> otherEnd(String interfaceName, AddressFamily family) throws IOException {
        return whereabouts.otherEnd(interfaceName, family);
    }

    @Override
    public RouteListing routes(AddressFamily family, Optional<IpAddress> destination) throws IOException {
        return whereabouts.routes(family, destination);
    }

    @Override
    public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options)
            throws IOException {
        Endpoint local = new Endpoint(address.address(), port);
        NativeSocket socket = bound(address, local, Transport.UDP, options);
        if (encapsulates) {
            encapsulate(socket, isV4(local));
        }
        return new UdpSocket(address, local, encapsulates, socket, buffers, loop, receiver, log, tellsAddresses);
    }

    @Override
    public IkeSocket listen(InterfaceAddress address, int port, SocketOptions options) throws IOException {
        Endpoint local = new Endpoint(address.address(), port);
        NativeSocket socket = bound(address, local, Transport.TCP, options);
        try {
            socket.listen(BACKLOG);
        } catch (ErrnoException e) {
            socket.close();
            throw new IOException(failure(address, local, Transport.TCP, "listen()", e), e);
        }
        return new TcpListener(tcp, address, local, socket);
    }

    @Override
    public void connect(InterfaceAddress from, Endpoint remote, Connecting outcome) {
        TcpConnector.connect(tcp, from, remote, outcome);
    }

    private static boolean isV4(Endpoint local) {
        return local.address().family() == AddressFamily.IPV4;
    }

    private NativeSocket bound(InterfaceAddress address, Endpoint local, Transport transport, SocketOptions options)
            throws IOException {
        boolean v4 = isV4(local);
        int type = transport == Transport.UDP ? Linux.SOCK_DGRAM : Linux.SOCK_STREAM;
        String step = "cloexec_socket(" + (v4 ? "PF_INET" : "PF_INET6") + ", "
                + (transport == Transport.UDP ? "SOCK_DGRAM" : "SOCK_STREAM") + "|SOCK_NONBLOCK, " + transport + ")";
        NativeSocket socket = null;
        try {
            socket = NativeSocket.open(v4 ? Linux.AF_INET : Linux.AF_INET6, type, 0);
            step = "setsockopt(SOL_SOCKET, SO_REUSEADDR)";
            socket.setOption(Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
            setQuietly(socket, address, local, transport, "SO_PRIORITY", Linux.SO_PRIORITY, PRIORITY);
            int bufferSize = options.bufferSize();
            if (bufferSize != 0) {
                setQuietly(socket, address, local, transport, "SO_RCVBUFFORCE", Linux.SO_RCVBUFFORCE, bufferSize);
                setQuietly(socket, address, local, transport, "SO_SNDBUFFORCE", Linux.SO_SNDBUFFORCE, bufferSize);
            }
            if (options.errorQueue() && transport == Transport.UDP) {
                step = "setsockopt(SOL_IP, IP_RECVERR)";
                socket.setOption(
                        v4 ? Linux.IPPROTO_IP : Linux.IPPROTO_IPV6, v4 ? Linux.IP_RECVERR : Linux.IPV6_RECVERR, 1);
            }
            step = "setsockopt(" + (v4 ? "IP_XFRM_POLICY" : "IPV6_XFRM_POLICY") + ")";
            SocketPolicy.bypass(socket, address.address().family());
            step = "bind()";
            socket.bind(SocketName.inet(address.address().octets().toArray(), local.port()));
            return socket;
        } catch (ErrnoException e) {
            if (socket != null) {
                socket.close();
            }
            throw new IOException(failure(address, local, transport, step, e), e);
        }
    }

    /** What a socket can do without. */
    private void setQuietly(
            NativeSocket socket,
            InterfaceAddress address,
            Endpoint local,
            Transport transport,
            String name,
            int option,
            int value) {
        try {
            socket.setOption(Linux.SOL_SOCKET, option, value);
        } catch (ErrnoException e) {
            log.log("ERROR: " + failure(address, local, transport, "setsockopt(SOL_SOCKET, " + name + ")", e));
        }
    }

    private void encapsulate(NativeSocket socket, boolean v4) {
        try {
            socket.setOption(Linux.IPPROTO_UDP, Linux.UDP_ENCAP, Linux.UDP_ENCAP_ESPINUDP);
        } catch (ErrnoException e) {
            log.log("NAT-Traversal: ESPINUDP for this kernel not supported or not found for family "
                    + (v4 ? "AF_INET" : "AF_INET6") + "; NAT-traversal is turned OFF");
        }
    }

    private static String failure(
            InterfaceAddress address, Endpoint local, Transport transport, String step, ErrnoException e) {
        return "bind " + address.interfaceName() + " " + transport + " endpoint " + local + " failed, " + step + ": "
                + IoReason.withErrno(e);
    }
}
