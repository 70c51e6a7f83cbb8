// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * One message of a netlink datagram.
 *
 * @param flags {@link Netlink}'s {@code NLM_F_}
 * @param sequence that of the request it answers; 0 for an event
 * @param payload what follows the header; it shares the datagram's octets
 */
record NetlinkMessage(int type, int flags, int sequence, NetlinkReader payload) {
    /** {@code struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 port; }} and payload, again and again. */
    static List<NetlinkMessage> parse(ByteBuffer datagram) throws MalformedMessage {
        NetlinkReader in = new NetlinkReader(datagram);
        List<NetlinkMessage> messages = new ArrayList<>(1);
        while (in.remaining() > 0) {
            int length = in.u32();
            int type = in.u16();
            int flags = in.u16();
            int sequence = in.u32();
            in.skip(4);
            if (length < Netlink.HEADER) {
                throw new MalformedMessage("message " + type + " of length " + Integer.toUnsignedString(length));
            }
            messages.add(new NetlinkMessage(type, flags, sequence, in.slice(length - Netlink.HEADER)));
            in.skip(Math.min(Netlink.align(length) - length, in.remaining()));
        }
        return messages;
    }

    /** What an error or the end of a dump says: an errno, 0 for success, and the kernel's own words or "". */
    Status status() throws MalformedMessage {
        int errno = -payload.u32();
        if (errno < 0) {
            throw new MalformedMessage("errno " + errno);
        }
        if (type != Netlink.NLMSG_ERROR) {
            return new Status(errno, "");
        }
        int requestLength = payload.u32();
        payload.skip(Netlink.HEADER - 4);
        if ((flags & Netlink.NLM_F_ACK_TLVS) == 0) {
            return new Status(errno, "");
        }
        if ((flags & Netlink.NLM_F_CAPPED) == 0) {
            payload.skip(Netlink.align(requestLength - Netlink.HEADER));
        }
        NetlinkReader words = payload.attributes().get(Netlink.NLMSGERR_ATTR_MSG);
        return new Status(errno, words == null ? "" : words.text());
    }

    /**
     * @param errno positive, 0: done
     * @param words of the kernel about it, or ""
     */
    record Status(int errno, String words) {}
}
