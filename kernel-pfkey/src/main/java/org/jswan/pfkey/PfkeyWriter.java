// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;

/**
 * Builds one PF_KEY message at a time in one direct buffer, which is wiped after use: there may be keys in it.
 *
 * <pre>
 *  version u8 | type u8 | errno u8 | satype u8 | length u16 in units of 8 octets | (2) | sequence u32 | pid u32 |
 *  extensions: length u16 in units of 8 octets | type u16 | value | zeros up to a unit
 * </pre>
 */
final class PfkeyWriter {
    /** The longest request is a policy with four tunnels over IPv6, or an SA with two keys: below 1 KiB. */
    private static final int SIZE = 4096;

    private static final int LENGTH_AT = 4;
    private static final int SEQUENCE_AT = 8;

    private final Dialect dialect;
    private final ByteBuffer buffer;
    private int extension;

    PfkeyWriter(Dialect dialect) {
        this(dialect, ByteOrder.nativeOrder());
    }

    PfkeyWriter(Dialect dialect, ByteOrder order) {
        this.dialect = dialect;
        buffer = ByteBuffer.allocateDirect(SIZE).order(order);
    }

    Dialect dialect() {
        return dialect;
    }

    /** Starts a message. */
    PfkeyWriter message(int type, int satype) {
        wipe();
        return u8(Pfkey.PF_KEY_V2).u8(type).u8(0).u8(satype).zeros(12);
    }

    /** Starts an extension; all that is written until {@link #end} is its value. */
    PfkeyWriter extension(int type) {
        extension = buffer.position();
        return u16(0).u16(type);
    }

    /** Fills the extension up to a unit and closes it. */
    PfkeyWriter end() {
        padFrom(extension);
        buffer.putShort(extension, (short) ((buffer.position() - extension) / Pfkey.UNIT));
        return this;
    }

    PfkeyWriter u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    PfkeyWriter u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    PfkeyWriter u32(int value) {
        buffer.putInt(value);
        return this;
    }

    PfkeyWriter u64(long value) {
        buffer.putLong(value);
        return this;
    }

    /** 16 bits in network byte order. */
    PfkeyWriter be16(int value) {
        return u8(value >> 8).u8(value);
    }

    /** 32 bits in network byte order. */
    PfkeyWriter be32(int value) {
        return be16(value >> 16).be16(value);
    }

    PfkeyWriter zeros(int count) {
        for (int i = 0; i < count; i++) {
            buffer.put((byte) 0);
        }
        return this;
    }

    PfkeyWriter bytes(Bytes value) {
        for (int i = 0; i < value.length(); i++) {
            buffer.put((byte) value.get(i));
        }
        return this;
    }

    PfkeyWriter bytes(Secret value) {
        buffer.put(value.expose());
        return this;
    }

    /**
     * A {@code sockaddr_in} of 16 octets (length and family, port be16, address 4, (8)) or a {@code sockaddr_in6} of 28
     * (length and family, port be16, flow 4, address 16, scope 4).
     */
    PfkeyWriter address(IpAddress address, int port) {
        int family = dialect.number(address.family());
        boolean v4 = address.family().octets() == 4;
        if (dialect.layout().lengthInAddresses()) {
            u8(v4 ? 16 : 28).u8(family);
        } else {
            u16(family);
        }
        be16(port);
        return v4
                ? bytes(address.octets()).zeros(8)
                : zeros(4).bytes(address.octets()).zeros(4);
    }

    /** That of the message. */
    int type() {
        return buffer.get(1);
    }

    /** Where the next octet goes. */
    int position() {
        return buffer.position();
    }

    /** Zeros until what began at {@code start} is of whole units. */
    PfkeyWriter padFrom(int start) {
        return zeros(-(buffer.position() - start) & (Pfkey.UNIT - 1));
    }

    /** Puts a number of 16 bits over what is there. */
    void patch16(int at, int value) {
        buffer.putShort(at, (short) value);
    }

    /** The finished message, from position to limit; valid until the next is started. */
    ByteBuffer finish(int sequence, int pid) {
        buffer.putShort(LENGTH_AT, (short) (buffer.position() / Pfkey.UNIT));
        buffer.putInt(SEQUENCE_AT, sequence).putInt(SEQUENCE_AT + Integer.BYTES, pid);
        return buffer.duplicate().order(buffer.order()).flip();
    }

    /** Overwrites the message and makes ready for the next. */
    void wipe() {
        int used = buffer.position();
        buffer.clear();
        zeros(used);
        buffer.clear();
    }
}
