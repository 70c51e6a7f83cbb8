// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** Large numbers as status lines shorten them. */
public final class Humber {
    private static final String[] SUFFIXES = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
    private static final int BITS_PER_SUFFIX = 10;

    private Humber() {}

    /** In the largest unit of which there is at least one, rounded down: {@code 5248} is {@code 5Ki}. */
    public static String rounded(long number) {
        long rest = number;
        int suffix = 0;
        while (Long.compareUnsigned(rest, 1 << BITS_PER_SUFFIX) >= 0) {
            rest >>>= BITS_PER_SUFFIX;
            suffix++;
        }
        return rest + SUFFIXES[suffix];
    }

    /** Powers of two by 1024 where they divide, 2<sup>63</sup> as {@code 2^63}: {@code 2^63B}, {@code 64MiB}. */
    public static String max(long number, String unit) {
        if (number == Long.MIN_VALUE || number == Long.MAX_VALUE) {
            return "2^63" + unit;
        }
        long rest = number;
        int suffix = 0;
        while (rest != 0 && rest % 1024 == 0 && suffix < SUFFIXES.length - 1) {
            rest >>>= BITS_PER_SUFFIX;
            suffix++;
        }
        return Long.toUnsignedString(rest) + SUFFIXES[suffix] + unit;
    }
}
