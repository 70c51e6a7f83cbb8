// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.jswan.base.AddressFamily.IPV4;
import static org.jswan.base.AddressFamily.IPV6;

import java.util.Optional;
import java.util.OptionalInt;

/** An IPv4 or IPv6 address. Ordered by family, then numerically. */
public final class IpAddress implements Comparable<IpAddress> {
    public static final IpAddress ANY_V4 = new IpAddress(IPV4, 0, 0);
    public static final IpAddress ANY_V6 = new IpAddress(IPV6, 0, 0);

    private final AddressFamily family;
    /** The upper 64 bits of an IPv6 address; 0 for IPv4. */
    private final long high;
    /** The lower 64 bits of an IPv6 address; an IPv4 address as unsigned 32 bits. */
    private final long low;

    private IpAddress(AddressFamily family, long high, long low) {
        this.family = family;
        this.high = high;
        this.low = low;
    }

    public static IpAddress v4(int bits) {
        return new IpAddress(IPV4, 0, Integer.toUnsignedLong(bits));
    }

    public static IpAddress v6(long high, long low) {
        return new IpAddress(IPV6, high, low);
    }

    /** From 4 or 16 octets in network order. */
    public static IpAddress of(Bytes octets) {
        return switch (octets.length()) {
            case 4 -> v4(octets.buffer().getInt());
            case 16 -> v6(octets.buffer().getLong(0), octets.buffer().getLong(8));
            default -> throw new IllegalArgumentException("an address has 4 or 16 octets, not " + octets.length());
        };
    }

    /** {@code 0.0.0.0} or {@code ::}. */
    public static IpAddress any(AddressFamily family) {
        return family == IPV4 ? ANY_V4 : ANY_V6;
    }

    /** A literal address: four decimal numbers without leading zeros, or RFC 4291 §2.2 text. Names are not looked up. */
    public static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') >= 0 ? parseV6(text) : parseV4(text);
    }

    /**
     * A literal address that is known to be one.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static IpAddress of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("not an IP address: " + text));
    }

    private static Optional<IpAddress> parseV4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        int bits = 0;
        for (String part : parts) {
            if (part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return Optional.empty();
            }
            int octet = Integer.parseInt(part);
            // A leading zero means octal to some and decimal to others.
            if (octet > 255 || (part.length() > 1 && part.charAt(0) == '0')) {
                return Optional.empty();
            }
            bits = bits << 8 | octet;
        }
        return Optional.of(v4(bits));
    }

    private static Optional<IpAddress> parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<int[]> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<int[]> tail = gap < 0 ? Optional.of(new int[0]) : groups(text.substring(gap + 2), true);
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int given = head.get().length + tail.get().length;
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        int[] all = new int[8];
        System.arraycopy(head.get(), 0, all, 0, head.get().length);
        System.arraycopy(tail.get(), 0, all, 8 - tail.get().length, tail.get().length);
        return Optional.of(v6(join(all, 0), join(all, 4)));
    }

    private static long join(int[] groups, int from) {
        long joined = 0;
        for (int i = from; i < from + 4; i++) {
            joined = joined << 16 | groups[i];
        }
        return joined;
    }

    /** The 16-bit groups of one side of {@code ::}; only the last may be an IPv4 address in dots. */
    private static Optional<int[]> groups(String text, boolean last) {
        if (text.isEmpty()) {
            return Optional.of(new int[0]);
        }
        String[] parts = text.split(":", -1);
        int[] groups = new int[parts.length + (text.indexOf('.') >= 0 ? 1 : 0)];
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (part.indexOf('.') >= 0) {
                Optional<IpAddress> v4 = parseV4(part);
                if (!last || i != parts.length - 1 || v4.isEmpty()) {
                    return Optional.empty();
                }
                groups[i] = (int) (v4.get().low >> 16);
                groups[i + 1] = (int) (v4.get().low & 0xffff);
            } else if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(IpAddress::isHexDigit)) {
                return Optional.empty();
            } else {
                groups[i] = Integer.parseInt(part, 16);
            }
        }
        return Optional.of(groups);
    }

    private static boolean isHexDigit(int c) {
        return c < 128 && Character.digit(c, 16) >= 0;
    }

    public AddressFamily family() {
        return family;
    }

    /** Whether this is {@code 0.0.0.0} or {@code ::}. */
    public boolean isAny() {
        return high == 0 && low == 0;
    }

    public boolean isLoopback() {
        return family == IPV4 ? low >> 24 == 127 : high == 0 && low == 1;
    }

    /** Whether this is an IPv6 address of link scope (fe80::/10). */
    public boolean isLinkLocal() {
        return family == IPV6 && high >>> 54 == 0x3fa;
    }

    /** 4 or 16 octets in network order. */
    public Bytes octets() {
        byte[] octets = new byte[family.octets()];
        for (int i = 0; i < octets.length; i++) {
            int fromRight = octets.length - 1 - i;
            octets[i] = (byte) (fromRight < 8 ? low >>> (fromRight * 8) : high >>> ((fromRight - 8) * 8));
        }
        return Bytes.wrap(octets);
    }

    /** This address with all but its first {@code prefixLength} bits cleared. */
    public IpAddress network(int prefixLength) {
        return new IpAddress(family, high & highMask(prefixLength), low & lowMask(prefixLength));
    }

    /** The length of the prefixes that this address is the mask of; empty if it is no mask. */
    public OptionalInt prefixOfMask() {
        int ones = Long.bitCount(high) + Long.bitCount(low);
        return high == highMask(ones) && low == lowMask(ones) ? OptionalInt.of(ones) : OptionalInt.empty();
    }

    /** This address with all but its first {@code prefixLength} bits set. */
    public IpAddress broadcast(int prefixLength) {
        long familyMask = family == IPV4 ? 0xffffffffL : -1L;
        return new IpAddress(
                family,
                family == IPV4 ? 0 : high | ~highMask(prefixLength),
                (low | ~lowMask(prefixLength)) & familyMask);
    }

    /** How many of the first bits this address and another of its family have in common. */
    int commonPrefix(IpAddress other) {
        if (high != other.high) {
            return Long.numberOfLeadingZeros(high ^ other.high);
        }
        int equal = Long.numberOfLeadingZeros(low ^ other.low);
        return family == IPV4 ? equal - 32 : 64 + equal;
    }

    private long highMask(int prefixLength) {
        return family == IPV4 ? 0 : ones(Math.min(prefixLength, 64));
    }

    private long lowMask(int prefixLength) {
        return family == IPV4 ? ones(prefixLength) >>> 32 : ones(Math.max(prefixLength - 64, 0));
    }

    /** The {@code count} uppermost of 64 bits. */
    private static long ones(int count) {
        return count == 0 ? 0 : -1L << (64 - count);
    }

    /** The next address; empty after the last of the family. */
    public Optional<IpAddress> next() {
        long nextLow = low + 1;
        if (family == IPV4) {
            return nextLow > 0xffffffffL ? Optional.empty() : Optional.of(new IpAddress(IPV4, 0, nextLow));
        }
        long nextHigh = nextLow == 0 ? high + 1 : high;
        return nextLow == 0 && nextHigh == 0 ? Optional.empty() : Optional.of(v6(nextHigh, nextLow));
    }

    /** The address that many further; it must be one of the family. */
    public IpAddress plus(long offset) {
        long newLow = low + offset;
        if (offset < 0 || family == IPV4 && newLow > 0xffffffffL) {
            throw new IllegalArgumentException(this + " + " + offset);
        }
        return family == IPV4
                ? new IpAddress(IPV4, 0, newLow)
                : v6(Long.compareUnsigned(newLow, low) < 0 ? high + 1 : high, newLow);
    }

    /** How much further this is than an earlier address of the family; {@link Long#MAX_VALUE} if that or more. */
    public long minus(IpAddress earlier) {
        long distance = low - earlier.low;
        long upper = high - earlier.high - (Long.compareUnsigned(low, earlier.low) < 0 ? 1 : 0);
        return upper != 0 || distance < 0 ? Long.MAX_VALUE : distance;
    }

    @Override
    public int compareTo(IpAddress other) {
        int order = family.compareTo(other.family);
        order = order != 0 ? order : Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress that && family == that.family && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(high) + Long.hashCode(low)) + family.bits();
    }

    /** Dotted decimal, or IPv6 with the first longest run of two or more zero groups as {@code ::}. */
    @Override
    public String toString() {
        return family == IPV4
                ? (low >> 24) + "." + (low >> 16 & 255) + "." + (low >> 8 & 255) + "." + (low & 255)
                : v6Text();
    }

    private String v6Text() {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (int) ((i < 4 ? high : low) >>> ((3 - i % 4) * 16) & 0xffff);
        }
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gapStart = i;
                gapLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
            } else {
                if (i > 0 && i != gapStart + gapLength) {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
