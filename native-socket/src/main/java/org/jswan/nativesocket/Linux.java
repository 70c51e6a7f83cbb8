// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket;

import java.lang.annotation.Native;

/**
 * Numbers of the kernel's interface, named as in its headers. The shim's build compares each with the headers of the
 * machine it is built on, so a processor on which one differs fails at build time and not at run time.
 */
public final class Linux {
    @Native
    public static final int AF_UNIX = 1;

    @Native
    public static final int AF_INET = 2;

    @Native
    public static final int AF_INET6 = 10;

    @Native
    public static final int AF_KEY = 15;

    @Native
    public static final int AF_NETLINK = 16;

    @Native
    public static final int SOCK_STREAM = 1;

    @Native
    public static final int SOCK_DGRAM = 2;

    @Native
    public static final int SOCK_RAW = 3;

    @Native
    public static final int SOCK_SEQPACKET = 5;

    @Native
    public static final int IPPROTO_IP = 0;

    @Native
    public static final int IPPROTO_TCP = 6;

    @Native
    public static final int IPPROTO_UDP = 17;

    @Native
    public static final int IPPROTO_IPV6 = 41;

    @Native
    public static final int PF_KEY_V2 = 2;

    @Native
    public static final int NETLINK_ROUTE = 0;

    @Native
    public static final int NETLINK_XFRM = 6;

    @Native
    public static final int SOL_SOCKET = 1;

    @Native
    public static final int SOL_NETLINK = 270;

    @Native
    public static final int SO_REUSEADDR = 2;

    @Native
    public static final int SO_ERROR = 4;

    @Native
    public static final int SO_SNDBUF = 7;

    @Native
    public static final int SO_RCVBUF = 8;

    @Native
    public static final int SO_PRIORITY = 12;

    @Native
    public static final int SO_PEERCRED = 17;

    @Native
    public static final int SO_BINDTODEVICE = 25;

    @Native
    public static final int SO_SNDBUFFORCE = 32;

    @Native
    public static final int SO_RCVBUFFORCE = 33;

    @Native
    public static final int SO_MARK = 36;

    @Native
    public static final int IP_TOS = 1;

    @Native
    public static final int IP_PKTINFO = 8;

    @Native
    public static final int IP_MTU_DISCOVER = 10;

    @Native
    public static final int IP_RECVERR = 11;

    @Native
    public static final int IP_XFRM_POLICY = 17;

    @Native
    public static final int IPV6_RECVERR = 25;

    @Native
    public static final int IPV6_V6ONLY = 26;

    @Native
    public static final int IPV6_XFRM_POLICY = 35;

    @Native
    public static final int IPV6_RECVPKTINFO = 49;

    @Native
    public static final int IPV6_PKTINFO = 50;

    @Native
    public static final int UDP_ENCAP = 100;

    /** The value of {@link #UDP_ENCAP} for RFC 3948. */
    @Native
    public static final int UDP_ENCAP_ESPINUDP = 2;

    @Native
    public static final int NETLINK_ADD_MEMBERSHIP = 1;

    @Native
    public static final int NETLINK_DROP_MEMBERSHIP = 2;

    @Native
    public static final int NETLINK_CAP_ACK = 10;

    @Native
    public static final int NETLINK_EXT_ACK = 11;

    /** The kernel heeds what a dump's request says of the entries that are wanted. */
    @Native
    public static final int NETLINK_GET_STRICT_CHK = 12;

    @Native
    public static final int MSG_PEEK = 2;

    @Native
    public static final int MSG_CTRUNC = 8;

    @Native
    public static final int MSG_TRUNC = 0x20;

    @Native
    public static final int MSG_DONTWAIT = 0x40;

    @Native
    public static final int MSG_ERRQUEUE = 0x2000;

    @Native
    public static final int MSG_NOSIGNAL = 0x4000;

    @Native
    public static final int SIOCETHTOOL = 0x8946;

    /** The names of a set, as of the features. */
    @Native
    public static final int ETHTOOL_GSTRINGS = 0x1b;

    /** How many there are in a set of names. */
    @Native
    public static final int ETHTOOL_GSSET_INFO = 0x37;

    /** Which features are there, and on. */
    @Native
    public static final int ETHTOOL_GFEATURES = 0x3a;

    @Native
    public static final int ETH_SS_FEATURES = 4;

    @Native
    public static final int ETH_GSTRING_LEN = 32;

    @Native
    public static final int SHUT_RD = 0;

    @Native
    public static final int SHUT_WR = 1;

    @Native
    public static final int SHUT_RDWR = 2;

    @Native
    public static final int POLLIN = 1;

    @Native
    public static final int POLLOUT = 4;

    @Native
    public static final int POLLERR = 8;

    @Native
    public static final int POLLHUP = 0x10;

    @Native
    public static final int POLLNVAL = 0x20;

    @Native
    public static final int EPERM = 1;

    @Native
    public static final int ENOENT = 2;

    @Native
    public static final int ESRCH = 3;

    @Native
    public static final int EINTR = 4;

    @Native
    public static final int EBADF = 9;

    @Native
    public static final int EAGAIN = 11;

    @Native
    public static final int EEXIST = 17;

    @Native
    public static final int EINVAL = 22;

    @Native
    public static final int EMSGSIZE = 90;

    @Native
    public static final int EOPNOTSUPP = 95;

    @Native
    public static final int ENOBUFS = 105;

    @Native
    public static final int ENOTCONN = 107;

    @Native
    public static final int EINPROGRESS = 115;

    /** Which protocol works on top of a TCP stream, by name. */
    @Native
    public static final int TCP_ULP = 31;

    private Linux() {}
}
