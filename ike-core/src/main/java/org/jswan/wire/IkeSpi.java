// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/** The SPI of one end of an IKE SA: 64 bits, printed as 16 hexadecimal digits. */
public record IkeSpi(long bits) {
    /** The responder's SPI in the first message, before it has one. */
    public static final IkeSpi ZERO = new IkeSpi(0);

    public boolean isZero() {
        return bits == 0;
    }

    @Override
    public String toString() {
        return String.format("%016x", bits);
    }
}
