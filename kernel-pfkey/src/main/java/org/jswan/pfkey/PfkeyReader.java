// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;

/** Reads one extension of a PF_KEY message, never past its end. Numbers are unsigned and in the kernel's byte order. */
final class PfkeyReader {
    private final ByteBuffer buffer;

    /** What lies between position and limit; the octets are shared, not copied. */
    PfkeyReader(ByteBuffer octets) {
        buffer = octets.slice().order(octets.order());
    }

    int remaining() {
        return buffer.remaining();
    }

    int u8() throws MalformedMessage {
        return need(1).get() & 0xff;
    }

    int u16() throws MalformedMessage {
        return need(2).getShort() & 0xffff;
    }

    /** 32 bits, to be taken as unsigned. */
    int u32() throws MalformedMessage {
        return need(4).getInt();
    }

    /** 64 bits, to be taken as unsigned. */
    long u64() throws MalformedMessage {
        return need(8).getLong();
    }

    /** 16 bits in network byte order. */
    int be16() throws MalformedMessage {
        return u8() << 8 | u8();
    }

    /** 32 bits in network byte order. */
    int be32() throws MalformedMessage {
        return be16() << 16 | be16();
    }

    PfkeyReader skip(int count) throws MalformedMessage {
        need(count).position(buffer.position() + count);
        return this;
    }

    /** An address with a port (0: none), as a {@code sockaddr} has it. */
    record Endpoint(IpAddress address, int port) {}

    /** See {@link PfkeyWriter#address}; the length that some systems put there is not relied on. */
    Endpoint address(Dialect dialect) throws MalformedMessage {
        int number = dialect.layout().lengthInAddresses() ? secondOctet() : u16();
        AddressFamily family = dialect.family(number);
        int port = be16();
        if (family == AddressFamily.IPV6) {
            skip(4);
        }
        return new Endpoint(IpAddress.of(bytes(family.octets())), port);
    }

    /** The second of two octets. */
    private int secondOctet() throws MalformedMessage {
        return skip(1).u8();
    }

    private Bytes bytes(int count) throws MalformedMessage {
        byte[] octets = new byte[count];
        need(count).get(octets);
        return Bytes.wrap(octets);
    }

    /** The next {@code count} octets as a container of their own. */
    PfkeyReader slice(int count) throws MalformedMessage {
        ByteBuffer part = need(count).duplicate().order(buffer.order());
        part.limit(part.position() + count);
        buffer.position(part.limit());
        return new PfkeyReader(part);
    }

    private ByteBuffer need(int count) throws MalformedMessage {
        if (count < 0 || buffer.remaining() < count) {
            throw new MalformedMessage("ends " + (count - buffer.remaining()) + " octets early");
        }
        return buffer;
    }
}
