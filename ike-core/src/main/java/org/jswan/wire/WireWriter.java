// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.Arrays;
import java.util.Objects;
import org.jswan.base.Bytes;

/**
 * Collects the octets of a message. Numbers are written in network order; one that does not fit its field is a bug of
 * the caller and an {@link IllegalArgumentException}.
 */
public final class WireWriter {
    private byte[] octets = new byte[256];
    private int length;

    /** How many octets were written so far. */
    public int position() {
        return length;
    }

    public WireWriter u8(int value) {
        check(value, 8);
        reserve(1);
        octets[length++] = (byte) value;
        return this;
    }

    public WireWriter u16(int value) {
        check(value, 16);
        reserve(2);
        octets[length++] = (byte) (value >>> 8);
        octets[length++] = (byte) value;
        return this;
    }

    public WireWriter u24(int value) {
        check(value, 24);
        return u8(value >>> 16).u16(value & 0xffff);
    }

    public WireWriter u32(long value) {
        check(value, 32);
        return u16((int) (value >>> 16)).u16((int) (value & 0xffff));
    }

    /** 64 bits, whatever they mean. */
    public WireWriter u64(long bits) {
        return u32(bits >>> 32).u32(bits & 0xffffffffL);
    }

    public WireWriter bytes(Bytes value) {
        reserve(value.length());
        value.copyTo(octets, length);
        length += value.length();
        return this;
    }

    /** {@code count} octets of zero, as in reserved fields. */
    public WireWriter zeros(int count) {
        reserve(count);
        Arrays.fill(octets, length, length + count, (byte) 0);
        length += count;
        return this;
    }

    /** Writes over the octet at {@code position}. */
    public void patchU8(int position, int value) {
        Objects.checkIndex(position, length);
        check(value, 8);
        octets[position] = (byte) value;
    }

    /** Writes over the two octets at {@code position}. */
    public void patchU16(int position, int value) {
        Objects.checkFromIndexSize(position, 2, length);
        check(value, 16);
        octets[position] = (byte) (value >>> 8);
        octets[position + 1] = (byte) value;
    }

    /** Writes over the four octets at {@code position}. */
    public void patchU32(int position, long value) {
        check(value, 32);
        patchU16(position, (int) (value >>> 16));
        patchU16(position + 2, (int) (value & 0xffff));
    }

    /**
     * Puts the length of a structure that started at {@code start} and ends here into the 16 bits that are
     * {@code lengthAt} octets into it.
     */
    public void endStructure(int start, int lengthAt) {
        patchU16(start + lengthAt, length - start);
    }

    /** A copy of all that was written. */
    public Bytes toBytes() {
        return Bytes.copyOf(octets, 0, length);
    }

    private void reserve(int count) {
        int needed = Math.addExact(length, count);
        if (needed > octets.length) {
            octets = Arrays.copyOf(octets, Math.max(needed, octets.length * 2));
        }
    }

    private static void check(long value, int bits) {
        if (value < 0 || value >>> bits != 0) {
            throw new IllegalArgumentException(value + " does not fit in " + bits + " bits");
        }
    }
}
