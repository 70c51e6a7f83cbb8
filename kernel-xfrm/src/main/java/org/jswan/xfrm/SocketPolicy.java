// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.nio.ByteBuffer;
import org.jswan.base.AddressFamily;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;

/** A socket's own policy: IKE passes by all others, or a tunnel would swallow the messages that keep it up. */
public final class SocketPolicy {
    private SocketPolicy() {}

    /** Lets all datagrams of a socket pass in clear, in both directions. */
    public static void bypass(NativeSocket socket, AddressFamily family) throws ErrnoException {
        boolean v4 = family == AddressFamily.IPV4;
        for (Direction direction : new Direction[] {Direction.IN, Direction.OUT}) {
            socket.setOption(
                    v4 ? Linux.IPPROTO_IP : Linux.IPPROTO_IPV6,
                    v4 ? Linux.IP_XFRM_POLICY : Linux.IPV6_XFRM_POLICY,
                    encode(new NetlinkWriter(), family, direction));
        }
    }

    /** {@code struct xfrm_userpolicy_info}, without the header of a message. */
    static byte[] encode(NetlinkWriter writer, AddressFamily family, Direction direction) {
        PolicyCodec.writeBypass(writer.message(0, 0), family, direction);
        ByteBuffer message = writer.finish(0);
        byte[] policy = new byte[message.remaining() - Netlink.HEADER];
        message.get(Netlink.HEADER, policy);
        return policy;
    }
}
