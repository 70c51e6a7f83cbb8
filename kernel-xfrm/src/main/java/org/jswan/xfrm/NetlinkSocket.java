// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.util.Optional;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.Message;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.nativesocket.SocketName;
import org.jswan.nativesocket.SystemKernelSocket;

/** A netlink socket of this machine's kernel. */
public final class NetlinkSocket extends SystemKernelSocket {
    private static final SocketName KERNEL = SocketName.netlink(0, 0);
    /** A dump's datagrams are of 32 KiB at most (af_netlink.c), others of a page or two. */
    private static final int LARGEST = 1 << 15;

    private NetlinkSocket(NativeSocket socket) {
        super(socket, Optional.of(KERNEL), LARGEST);
    }

    /**
     * For requests and their answers.
     *
     * @param protocol {@link Linux#NETLINK_XFRM} or {@link Linux#NETLINK_ROUTE}
     */
    public static NetlinkSocket forRequests(int protocol) throws ErrnoException {
        return open(protocol, 0, socket -> {
            socket.setOption(Linux.SOL_NETLINK, Linux.NETLINK_CAP_ACK, 1);
            socket.setOption(Linux.SOL_NETLINK, Linux.NETLINK_EXT_ACK, 1);
            beStrict(socket);
        });
    }

    private static void beStrict(NativeSocket socket) {
        try {
            socket.setOption(Linux.SOL_NETLINK, Linux.NETLINK_GET_STRICT_CHK, 1);
        } catch (ErrnoException unknown) {
            // Before Linux 4.20: dumps tell more than was asked for, which whoever asks passes over.
        }
    }

    /**
     * For what the kernel tells unasked.
     *
     * @param groups one bit for each of the first 32 multicast groups
     * @param bufferSize octets that wait to be read before messages are lost; doubled by the kernel
     */
    public static NetlinkSocket forEvents(int protocol, int groups, int bufferSize) throws ErrnoException {
        return open(protocol, groups, socket -> socket.setReceiveBuffer(bufferSize));
    }

    private interface Setup {
        void prepare(NativeSocket socket) throws ErrnoException;
    }

    private static NetlinkSocket open(int protocol, int groups, Setup setup) throws ErrnoException {
        NativeSocket socket = NativeSocket.open(Linux.AF_NETLINK, Linux.SOCK_RAW, protocol);
        try {
            setup.prepare(socket);
            socket.bind(SocketName.netlink(0, groups));
            return new NetlinkSocket(socket);
        } catch (ErrnoException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    protected boolean isFromKernel(Message received) {
        return received.sender().filter(s -> s.netlinkPort() == 0).isPresent();
    }
}
