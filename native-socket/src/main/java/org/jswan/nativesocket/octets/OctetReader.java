// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.nativesocket.octets;

import java.nio.ByteBuffer;

/**
 * Reads one container of a message, never past its end. Numbers are unsigned and in the kernel's byte order.
 *
 * @param <R> the reader itself, which a protocol's own readings make it
 */
public abstract class OctetReader<R extends OctetReader<R>> {
    private final ByteBuffer buffer;

    /** What lies between position and limit; the octets are shared, not copied. */
    protected OctetReader(ByteBuffer octets) {
        buffer = octets.slice().order(octets.order());
    }

    /** Itself. */
    protected abstract R self();

    /** One of the same kind. */
    protected abstract R over(ByteBuffer octets);

    public final int remaining() {
        return buffer.remaining();
    }

    public final int u8() throws MalformedMessage {
        return need(1).get() & 0xff;
    }

    public final int u16() throws MalformedMessage {
        return need(2).getShort() & 0xffff;
    }

    /** 32 bits, to be taken as unsigned. */
    public final int u32() throws MalformedMessage {
        return need(4).getInt();
    }

    /** 64 bits, to be taken as unsigned. */
    public final long u64() throws MalformedMessage {
        return need(8).getLong();
    }

    /** 16 bits in network byte order. */
    public final int be16() throws MalformedMessage {
        return u8() << 8 | u8();
    }

    /** 32 bits in network byte order. */
    public final int be32() throws MalformedMessage {
        return be16() << 16 | be16();
    }

    public final R skip(int count) throws MalformedMessage {
        need(count).position(buffer.position() + count);
        return self();
    }

    /** A copy of the next {@code count} octets. */
    public final byte[] octets(int count) throws MalformedMessage {
        need(count);
        byte[] octets = new byte[count];
        buffer.get(octets);
        return octets;
    }

    /** The next {@code count} octets as a container of their own. */
    public final R slice(int count) throws MalformedMessage {
        ByteBuffer part = need(count).duplicate().order(buffer.order());
        part.limit(part.position() + count);
        buffer.position(part.limit());
        return over(part);
    }

    private ByteBuffer need(int count) throws MalformedMessage {
        if (count < 0 || buffer.remaining() < count) {
            throw new MalformedMessage("ends " + (count - buffer.remaining()) + " octets early");
        }
        return buffer;
    }
}
