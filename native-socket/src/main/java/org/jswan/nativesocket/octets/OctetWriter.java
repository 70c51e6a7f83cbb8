// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket.octets;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Builds one message at a time in one direct buffer, which is wiped after use: there may be keys in it. Numbers are in the
 * kernel's byte order.
 *
 * @param <W> the writer itself, which a protocol's own writings make it
 */
public abstract class OctetWriter<W extends OctetWriter<W>> {
    private final ByteBuffer buffer;

    /** @param size of the longest message, in octets */
    protected OctetWriter(int size, ByteOrder order) {
        buffer = ByteBuffer.allocateDirect(size).order(order);
    }

    /** Itself. */
    protected abstract W self();

    public final W u8(int value) {
        buffer.put((byte) value);
        return self();
    }

    public final W u16(int value) {
        buffer.putShort((short) value);
        return self();
    }

    public final W u32(int value) {
        buffer.putInt(value);
        return self();
    }

    public final W u64(long value) {
        buffer.putLong(value);
        return self();
    }

    /** 16 bits in network byte order. */
    public final W be16(int value) {
        u8(value >> 8);
        return u8(value);
    }

    /** 32 bits in network byte order. */
    public final W be32(int value) {
        be16(value >> 16);
        return be16(value);
    }

    public final W zeros(int count) {
        for (int i = 0; i < count; i++) {
            buffer.put((byte) 0);
        }
        return self();
    }

    public final W octets(byte[] value) {
        buffer.put(value);
        return self();
    }

    /** Zeros until what began at {@code start} is of a multiple of {@code unit} octets, a power of two. */
    protected final W pad(int start, int unit) {
        return zeros(-(position() - start) & (unit - 1));
    }

    /** Where the next octet goes. */
    public final int position() {
        return buffer.position();
    }

    /** The octet that is there. */
    protected final int get(int at) {
        return buffer.get(at) & 0xff;
    }

    /** Puts a number of 16 bits over what is there. */
    public final void patch16(int at, int value) {
        buffer.putShort(at, (short) value);
    }

    /** Puts a number of 32 bits over what is there. */
    protected final void patch32(int at, int value) {
        buffer.putInt(at, value);
    }

    /** What is written, from position to limit; valid until the next message is started. */
    protected final ByteBuffer written() {
        return buffer.duplicate().order(buffer.order()).flip();
    }

    /** Overwrites the message and makes ready for the next. */
    public final void wipe() {
        int used = buffer.position();
        buffer.clear();
        zeros(used);
        buffer.clear();
    }
}
