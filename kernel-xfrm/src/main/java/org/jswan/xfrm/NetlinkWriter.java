// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.octets.OctetWriter;

/** Builds one netlink message at a time in one direct buffer, which is wiped after use: there may be keys in it. */
final class NetlinkWriter extends OctetWriter<NetlinkWriter> {
    /** The longest request, an SA with two keys and the widest replay window that the kernel takes, is of some 6 KiB. */
    private static final int SIZE = 8192;

    /** Where the open attributes begin, the innermost last. */
    private final Deque<Integer> open = new ArrayDeque<>(3);

    NetlinkWriter() {
        this(ByteOrder.nativeOrder());
    }

    NetlinkWriter(ByteOrder order) {
        super(SIZE, order);
    }

    @Override
    protected NetlinkWriter self() {
        return this;
    }

    /** Starts a message; {@code NLM_F_REQUEST} is added to the flags. */
    NetlinkWriter message(int type, int flags) {
        wipe();
        open.clear();
        return u32(0).u16(type).u16(flags | Netlink.NLM_F_REQUEST).u32(0).u32(0);
    }

    NetlinkWriter bytes(Bytes value) {
        return octets(value.toArray());
    }

    /** ASCII text in a field of {@code size} octets, zeros behind it. */
    NetlinkWriter text(String value, int size) {
        if (value.length() >= size) {
            throw new IllegalArgumentException("longer than " + (size - 1) + " octets: " + value);
        }
        return octets(value.getBytes(StandardCharsets.US_ASCII)).zeros(size - value.length());
    }

    /** A {@code xfrm_address_t}. */
    NetlinkWriter xfrmAddress(IpAddress address) {
        return bytes(address.octets()).zeros(16 - address.family().octets());
    }

    NetlinkWriter family(AddressFamily family) {
        return u16(number(family));
    }

    static int number(AddressFamily family) {
        return family == AddressFamily.IPV4 ? Linux.AF_INET : Linux.AF_INET6;
    }

    /** Opens an attribute; all that is written until {@link #end} is its value, be it attributes again. */
    NetlinkWriter attribute(int type) {
        align();
        open.push(position());
        return u16(0).u16(type);
    }

    /** Closes the attribute. */
    NetlinkWriter end() {
        int begin = open.pop();
        patch16(begin, position() - begin);
        return this;
    }

    /** The finished message, from position to limit; valid until the next is started. */
    ByteBuffer finish(int sequence) {
        align();
        patch32(0, position());
        patch32(8, sequence);
        return written();
    }

    private void align() {
        pad(0, Netlink.ALIGNMENT);
    }
}
