// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.time.Duration;
import java.util.Map;

/** Unsigned numbers of 64 bits, and durations. */
public final class NumberText {
    /** A number and where the text goes on behind it. */
    record Prefix(long value, int length) {}

    private static final Map<String, Long> MILLISECONDS =
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L, "w", 7 * 86_400_000L);

    private NumberText() {}

    /**
     * The whole text as a number.
     *
     * @param base 2, 8, 10, 16, or 0 for what {@code 0x}, {@code 0b} or a leading {@code 0} say, else decimal
     * @return unsigned
     */
    public static long parse(String text, int base) throws ValueException {
        int effective = base;
        int start = 0;
        if (base == 0) {
            effective = detect(text);
            start = effective == 16 || effective == 2 ? 2 : 0;
        }
        Prefix prefix = scan(text, start, effective, base);
        if (start + prefix.length < text.length()) {
            throw new ValueException("non-" + name(effective) + " digit in number");
        }
        return prefix.value;
    }

    /** The number that {@code text} begins with. */
    static Prefix parsePrefix(String text, int base) throws ValueException {
        return scan(text, 0, base, base);
    }

    /** A number with an optional unit: ms, s, m, h, d or w; {@code defaultUnit} where there is none. */
    public static Duration duration(String text, String defaultUnit) throws ValueException {
        Prefix number;
        try {
            number = parsePrefix(text, 10);
        } catch (ValueException e) {
            throw new ValueException("bad duration value \"" + text + "\": " + e.getMessage());
        }
        String unit = text.substring(number.length);
        Long scale = MILLISECONDS.get(unit.isEmpty() ? defaultUnit : Ascii.lower(unit));
        if (scale == null) {
            throw new ValueException("unrecognized duration multiplier \"" + unit + "\"");
        }
        if (Long.compareUnsigned(Long.divideUnsigned(-1L, scale), number.value) < 0) {
            throw new ValueException("duration too large: \"" + text + "\" is more than 18446744073709551615 seconds");
        }
        long milliseconds = number.value * scale;
        // As libreswan: what is past the range of the signed time wraps around.
        return Duration.ofMillis(milliseconds);
    }

    private static int detect(String text) {
        if (text.length() > 2 && text.regionMatches(true, 0, "0x", 0, 2) && digit(text.charAt(2)) < 16) {
            return 16;
        }
        if (text.length() > 2 && text.regionMatches(true, 0, "0b", 0, 2) && digit(text.charAt(2)) < 2) {
            return 2;
        }
        boolean prefixed = text.regionMatches(true, 0, "0x", 0, 2) || text.regionMatches(true, 0, "0b", 0, 2);
        return text.startsWith("0") && !prefixed ? 8 : 10;
    }

    private static Prefix scan(String text, int start, int base, int namedBase) throws ValueException {
        if (text.isEmpty()) {
            throw new ValueException("empty string");
        }
        long value = 0;
        int at = start;
        for (; at < text.length() && digit(text.charAt(at)) < base; at++) {
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1L, base)) > 0) {
                throw new ValueException("unsigned-long overflow");
            }
            value *= base;
            int digit = digit(text.charAt(at));
            if (Long.compareUnsigned(digit, -1L - value) > 0) {
                throw new ValueException("unsigned-long overflow");
            }
            value += digit;
        }
        if (at == start) {
            throw new ValueException("first " + (namedBase == 0 ? "" : name(namedBase) + " ") + "digit invalid");
        }
        return new Prefix(value, at - start);
    }

    private static String name(int base) {
        return switch (base) {
            case 2 -> "binary";
            case 8 -> "octal";
            case 10 -> "decimal";
            default -> "hex";
        };
    }

    private static int digit(char c) {
        return c < 128 && Character.digit(c, 36) >= 0 ? Character.digit(c, 36) : 99;
    }
}
