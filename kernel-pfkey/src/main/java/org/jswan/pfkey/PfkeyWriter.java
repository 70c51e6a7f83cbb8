// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Secret;
import org.jswan.nativesocket.octets.OctetWriter;

/**
 * Builds one PF_KEY message at a time in one direct buffer, which is wiped after use: there may be keys in it.
 *
 * <pre>
 *  version u8 | type u8 | errno u8 | satype u8 | length u16 in units of 8 octets | (2) | sequence u32 | pid u32 |
 *  extensions: length u16 in units of 8 octets | type u16 | value | zeros up to a unit
 * </pre>
 */
final class PfkeyWriter extends OctetWriter<PfkeyWriter> {
    /** The longest request is a policy with four tunnels over IPv6, or an SA with two keys: below 1 KiB. */
    private static final int SIZE = 4096;

    private static final int LENGTH_AT = 4;
    private static final int SEQUENCE_AT = 8;

    private final Dialect dialect;
    private int extension;

    PfkeyWriter(Dialect dialect) {
        this(dialect, ByteOrder.nativeOrder());
    }

    PfkeyWriter(Dialect dialect, ByteOrder order) {
        super(SIZE, order);
        this.dialect = dialect;
    }

    @Override
    protected PfkeyWriter self() {
        return this;
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
        extension = position();
        return u16(0).u16(type);
    }

    /** Fills the extension up to a unit and closes it. */
    PfkeyWriter end() {
        padFrom(extension);
        patch16(extension, (position() - extension) / Pfkey.UNIT);
        return this;
    }

    PfkeyWriter bytes(Bytes value) {
        return octets(value.toArray());
    }

    PfkeyWriter bytes(Secret value) {
        return octets(value.expose());
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
        return get(1);
    }

    /** Zeros until what began at {@code start} is of whole units. */
    PfkeyWriter padFrom(int start) {
        return pad(start, Pfkey.UNIT);
    }

    /** The finished message, from position to limit; valid until the next is started. */
    ByteBuffer finish(int sequence, int pid) {
        patch16(LENGTH_AT, position() / Pfkey.UNIT);
        patch32(SEQUENCE_AT, sequence);
        patch32(SEQUENCE_AT + Integer.BYTES, pid);
        return written();
    }
}
