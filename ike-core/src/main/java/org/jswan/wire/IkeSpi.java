// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.nio.ByteBuffer;
import org.jswan.base.Bytes;

/** The SPI of one end of an IKE SA: 64 bits, printed as 16 hexadecimal digits. */
public record IkeSpi(long bits) {
    /** The responder's SPI in the first message, before it has one. */
    public static final IkeSpi ZERO = new IkeSpi(0);

    public boolean isZero() {
        return bits == 0;
    }

    /** As it is on the wire. */
    public Bytes octets() {
        byte[] octets = new byte[Long.BYTES];
        ByteBuffer.wrap(octets).putLong(bits);
        return Bytes.wrap(octets);
    }

    @Override
    public String toString() {
        return String.format("%016x", bits);
    }
}
