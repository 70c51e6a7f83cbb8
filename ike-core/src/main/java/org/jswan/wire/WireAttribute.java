// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.OptionalInt;
import org.jswan.base.Bytes;

/**
 * An attribute of a transform, RFC 7296 section 3.3.5 and RFC 2408 section 3.3: two octets of value in place of the
 * length if the uppermost bit is set, else a value of any length.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |A|           type              |  length (A=0) or value (A=1)  |
 * |                        value (A=0 only)                       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * @param type 15 bits
 * @param fixed whether the value stands in place of the length; it then has 2 octets
 */
public record WireAttribute(int type, boolean fixed, Bytes value) {
    /** The only attribute that IKEv2 has: Key Length, in bits. */
    public static final int KEY_LENGTH = 14;

    private static final int FORMAT_BIT = 0x8000;
    private static final String STRUCTURE = "IKEv2 Attribute Substructure Payload";

    public WireAttribute {
        if (fixed && value.length() != 2) {
            throw new IllegalArgumentException("fixed attribute of " + value.length() + " octets");
        }
    }

    /** An attribute whose value is a number below 65536. */
    public static WireAttribute number(int type, int value) {
        return new WireAttribute(type, true, Bytes.of(value >>> 8, value));
    }

    static WireAttribute read(WireReader in) throws WireException {
        int head = in.u16();
        int type = head & ~FORMAT_BIT;
        if ((head & FORMAT_BIT) != 0) {
            return new WireAttribute(type, true, in.bytes(2));
        }
        int length = in.u16();
        if (length > in.remaining()) {
            throw new WireException((length + 4) + "-byte length/value of " + STRUCTURE + " is larger than can fit");
        }
        return new WireAttribute(type, false, in.bytes(length));
    }

    public void write(WireWriter out) {
        out.u16(fixed ? type | FORMAT_BIT : type);
        if (!fixed) {
            out.u16(value.length());
        }
        out.bytes(value);
    }

    /** The value as a number, if it has at most 3 octets. */
    public OptionalInt number() {
        if (value.isEmpty() || value.length() > 3) {
            return OptionalInt.empty();
        }
        int number = 0;
        for (int i = 0; i < value.length(); i++) {
            number = number << 8 | value.get(i);
        }
        return OptionalInt.of(number);
    }
}
