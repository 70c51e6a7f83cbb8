// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;

/** An immutable string of octets. Slices share the octets of what they were cut from. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** The octets given; only for an array that nobody else will write to. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /** A copy of the octets given, each argument taken modulo 256. */
    public static Bytes of(int... octets) {
        byte[] copy = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            copy[i] = (byte) octets[i];
        }
        return wrap(copy);
    }

    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    public static Bytes copyOf(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return wrap(Arrays.copyOfRange(array, offset, offset + length));
    }

    public static Bytes ofUtf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The octets that {@code hex} spells, white space and colons between them allowed.
     *
     * @throws IllegalArgumentException if anything else is in it or the number of digits is odd
     */
    public static Bytes ofHex(String hex) {
        return wrap(HexFormat.of().parseHex(hex.replaceAll("[\\s:]", "")));
    }

    public static Bytes concat(Bytes... parts) {
        int total = 0;
        for (Bytes part : parts) {
            total = Math.addExact(total, part.length);
        }
        byte[] joined = new byte[total];
        int at = 0;
        for (Bytes part : parts) {
            System.arraycopy(part.array, part.offset, joined, at, part.length);
            at += part.length;
        }
        return wrap(joined);
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The octet at {@code index}, 0 to 255. */
    public int get(int index) {
        return array[offset + Objects.checkIndex(index, length)] & 0xff;
    }

    public Bytes slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return count == 0 ? EMPTY : new Bytes(array, offset + from, count);
    }

    public Bytes from(int start) {
        return slice(start, length - start);
    }

    public Bytes first(int count) {
        return slice(0, count);
    }

    /** The same octets, which keep no others in memory: for what is kept of something longer. */
    public Bytes compact() {
        return array.length == length ? this : wrap(toArray());
    }

    /** How many octets this one keeps in memory, at least as many as it has. */
    public int retained() {
        return array.length;
    }

    public Bytes plus(Bytes more) {
        return concat(this, more);
    }

    /** With as many zeros behind as it takes to a multiple of that length. */
    public Bytes padded(int multiple) {
        int excess = length() % multiple;
        return excess == 0 ? this : plus(wrap(new byte[multiple - excess]));
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** A read-only view, positioned at its start, big-endian. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    public void copyTo(byte[] destination, int at) {
        System.arraycopy(array, offset, destination, at, length);
    }

    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length && first(prefix.length).equals(prefix);
    }

    /** Lower-case hexadecimal digits without separators. */
    public String hex() {
        return HexFormat.of().formatHex(array, offset, offset + length);
    }

    public String utf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** As UTF-8 text in which control characters are escaped, so that it does nothing to terminals and logs: {@code \\033}. */
    public String visible() {
        StringBuilder text = new StringBuilder(length());
        utf8().codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(String.format(Locale.ROOT, "\\%03o", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }

    /** Zeroes in the place of these octets. Only for {@link Secret}: nobody else may have them in use. */
    void overwrite() {
        Arrays.fill(array, offset, offset + length, (byte) 0);
    }

    /** As text; what does not print in ASCII is escaped. */
    public String sanitized() {
        StringBuilder text = new StringBuilder(length());
        for (int i = 0; i < length(); i++) {
            int c = get(i);
            int escape = "\0\007\b\t\n\013\f\r".indexOf(c);
            if (escape >= 0) {
                text.append('\\').append("0abtnvfr".charAt(escape));
            } else if (c >= 0x20 && c <= 0x7e) {
                text.append((char) c);
            } else {
                boolean digitFollows = i + 1 < length() && get(i + 1) >= '0' && get(i + 1) <= '9';
                text.append(String.format(Locale.ROOT, digitFollows ? "\\%03o" : "\\%o", c));
            }
        }
        return text.toString();
    }

    /** Order of unsigned octets, a prefix before what it is a prefix of. */
    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return hex();
    }
}
