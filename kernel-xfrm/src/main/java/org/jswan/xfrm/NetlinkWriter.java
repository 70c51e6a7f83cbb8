// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.Linux;

/** Builds one netlink message at a time in one direct buffer, which is wiped after use: there may be keys in it. */
final class NetlinkWriter {
    /** The longest request, an SA with two keys and the widest replay window that the kernel takes, is of some 6 KiB. */
    private static final int SIZE = 8192;

    private final ByteBuffer buffer;
    /** Where the open attributes begin, the innermost last. */
    private final Deque<Integer> open = new ArrayDeque<>(3);

    NetlinkWriter() {
        this(ByteOrder.nativeOrder());
    }

    NetlinkWriter(ByteOrder order) {
        buffer = ByteBuffer.allocateDirect(SIZE).order(order);
    }

    /** Starts a message; {@code NLM_F_REQUEST} is added to the flags. */
    NetlinkWriter message(int type, int flags) {
        wipe();
        open.clear();
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | Netlink.NLM_F_REQUEST));
        buffer.putInt(0).putInt(0);
        return this;
    }

    NetlinkWriter u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    NetlinkWriter u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    NetlinkWriter u32(int value) {
        buffer.putInt(value);
        return this;
    }

    NetlinkWriter u64(long value) {
        buffer.putLong(value);
        return this;
    }

    /** 16 bits in network byte order. */
    NetlinkWriter be16(int value) {
        return u8(value >> 8).u8(value);
    }

    /** 32 bits in network byte order. */
    NetlinkWriter be32(int value) {
        return be16(value >> 16).be16(value);
    }

    NetlinkWriter zeros(int count) {
        for (int i = 0; i < count; i++) {
            buffer.put((byte) 0);
        }
        return this;
    }

    NetlinkWriter bytes(Bytes value) {
        for (int i = 0; i < value.length(); i++) {
            buffer.put((byte) value.get(i));
        }
        return this;
    }

    NetlinkWriter bytes(byte[] value) {
        buffer.put(value);
        return this;
    }

    /** ASCII text in a field of {@code size} octets, zeros behind it. */
    NetlinkWriter text(String value, int size) {
        if (value.length() >= size) {
            throw new IllegalArgumentException("longer than " + (size - 1) + " octets: " + value);
        }
        for (int i = 0; i < value.length(); i++) {
            buffer.put((byte) value.charAt(i));
        }
        return zeros(size - value.length());
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
        open.push(buffer.position());
        return u16(0).u16(type);
    }

    /** Closes the attribute. */
    NetlinkWriter end() {
        int begin = open.pop();
        buffer.putShort(begin, (short) (buffer.position() - begin));
        return this;
    }

    /** The finished message, from position to limit; valid until the next is started. */
    ByteBuffer finish(int sequence) {
        align();
        buffer.putInt(0, buffer.position()).putInt(8, sequence);
        return buffer.duplicate().order(buffer.order()).flip();
    }

    /** Overwrites the message and makes ready for the next. */
    void wipe() {
        int used = buffer.position();
        buffer.clear();
        zeros(used);
        buffer.clear();
    }

    private void align() {
        zeros(Netlink.align(buffer.position()) - buffer.position());
    }
}
