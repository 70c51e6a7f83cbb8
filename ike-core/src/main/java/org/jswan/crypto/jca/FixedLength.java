// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.math.BigInteger;
import java.util.Arrays;

/** Numbers as octets of a fixed count, the highest first. */
final class FixedLength {
    private FixedLength() {}

    /** {@code value}, not negative and not longer than {@code length} octets, with zeros in front. */
    static byte[] of(BigInteger value, int length) {
        byte[] signed = value.toByteArray();
        byte[] octets = new byte[length];
        int from = Math.max(0, signed.length - length);
        int count = signed.length - from;
        System.arraycopy(signed, from, octets, length - count, count);
        Arrays.fill(signed, (byte) 0);
        return octets;
    }
}
