// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

/** The numbers of netlink itself, named as in the kernel's {@code netlink.h}. */
final class Netlink {
    static final int HEADER = 16;
    static final int ATTRIBUTE_HEADER = 4;
    /** An attribute's type without {@code NLA_F_NESTED} and {@code NLA_F_NET_BYTEORDER}. */
    static final int TYPE_MASK = 0x3fff;

    static final int NLMSG_NOOP = 1;
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;

    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_DUMP = 0x300;
    static final int NLM_F_REPLACE = 0x100;
    static final int NLM_F_EXCL = 0x200;
    static final int NLM_F_CREATE = 0x400;
    /** In an error message: the request comes without its payload. */
    static final int NLM_F_CAPPED = 0x100;
    /** In an error message: attributes follow. */
    static final int NLM_F_ACK_TLVS = 0x200;

    static final int NLMSGERR_ATTR_MSG = 1;

    /** Of messages and attributes, in octets. */
    static final int ALIGNMENT = 4;

    private Netlink() {}

    /** Up to the next multiple of four. */
    static int align(int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
