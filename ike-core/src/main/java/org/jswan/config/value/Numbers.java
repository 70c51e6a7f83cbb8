// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Unsigned numbers of up to 64 bits, held in a {@code long}, and what is built from one and a unit. */
public final class Numbers {
    private static final Map<String, Long> TIME_UNITS =
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L, "w", 604_800_000L);
    private static final Map<String, Long> BINARY_UNITS =
            Map.of("ki", 1L << 10, "mi", 1L << 20, "gi", 1L << 30, "ti", 1L << 40, "pi", 1L << 50, "ei", 1L << 60);

    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-f]");
    private static final Pattern BINARY = Pattern.compile("0b[01]");

    private Numbers() {}

    /** A number and the text behind it. */
    public record Leading(long value, String rest) {}

    /**
     * The number that {@code text} is.
     *
     * @param base 2, 8, 10 or 16; or 0: {@code 0x}, {@code 0b} and a leading {@code 0} tell
     */
    public static long unsigned(String text, int base) throws ValueException {
        Scan scan = new Scan(text, base);
        if (scan.at < text.length()) {
            throw new ValueException(
                    switch (scan.base) {
                        case 2 -> "non-binary digit in number";
                        case 8 -> "non-octal digit in number";
                        case 10 -> "non-decimal digit in number";
                        case 16 -> "non-hex digit in number";
                        default -> "non-digit in number";
                    });
        }
        return scan.value;
    }

    /** The number that {@code text} begins with. */
    public static Leading leading(String text, int base) throws ValueException {
        Scan scan = new Scan(text, base);
        return new Leading(scan.value, text.substring(scan.at));
    }

    private static final class Scan {
        final int base;
        long value;
        int at;

        Scan(String text, int givenBase) throws ValueException {
            if (text.isEmpty()) {
                throw new ValueException("empty string");
            }
            base = givenBase == 0 ? detect(text) : givenBase;
            int start = at;
            for (; at < text.length(); at++) {
                int digit = digit(text.charAt(at));
                if (digit < 0 || digit >= base) {
                    break;
                }
                if (Long.compareUnsigned(value, Long.divideUnsigned(-1, base)) > 0
                        || Long.compareUnsigned(digit, -1 - value * base) > 0) {
                    throw new ValueException("unsigned-long overflow");
                }
                value = value * base + digit;
            }
            if (at == start) {
                throw new ValueException(
                        switch (givenBase) {
                            case 2 -> "first binary digit invalid";
                            case 8 -> "first octal digit invalid";
                            case 10 -> "first decimal digit invalid";
                            case 16 -> "first hex digit invalid";
                            default -> "first digit invalid";
                        });
            }
        }

        /** A prefix counts only if a digit of its base follows, so that errors are those of decimal numbers. */
        private int detect(String text) {
            if (!text.startsWith("0")) {
                return 10;
            }
            String start = text.substring(0, Math.min(3, text.length())).toLowerCase(Locale.ROOT);
            if (HEXADECIMAL.matcher(start).matches()) {
                at = 2;
                return 16;
            }
            if (BINARY.matcher(start).matches()) {
                at = 2;
                return 2;
            }
            return start.startsWith("0x") || start.startsWith("0b") ? 10 : 8;
        }

        private static int digit(char c) {
            return c < 128 ? Character.digit(c, 36) : -1;
        }
    }

    /** A number with one of {@code ms s m h d w} behind it; without one, {@code unit} is taken. */
    public static Duration duration(String text, Duration unit) throws ValueException {
        Leading number;
        try {
            number = leading(text, 10);
        } catch (ValueException e) {
            throw new ValueException("bad duration value \"" + text + "\": " + e.getMessage());
        }
        String suffix = number.rest();
        Long millis =
                suffix.isEmpty() ? Long.valueOf(unit.toMillis()) : TIME_UNITS.get(suffix.toLowerCase(Locale.ROOT));
        if (millis == null) {
            throw new ValueException("unrecognized duration multiplier \"" + suffix + "\"");
        }
        if (Long.compareUnsigned(Long.divideUnsigned(-1, millis), number.value()) < 0) {
            throw new ValueException("duration too large: \"" + text + "\" is more than 18446744073709551615 seconds");
        }
        long total = number.value() * millis;
        return Duration.ofMillis(total < 0 ? Long.MAX_VALUE : total);
    }

    /**
     * A count with a binary prefix behind it, {@code Ki Mi Gi Ti Pi Ei}.
     *
     * @param bytes whether a {@code B} follows the prefix
     */
    public static long binary(String text, boolean bytes) throws ValueException {
        Leading number;
        try {
            number = leading(text, 10);
        } catch (ValueException e) {
            throw new ValueException(
                    "bad binary" + (bytes ? " Bytes" : "") + " value \"" + text + "\": " + e.getMessage());
        }
        String suffix = number.rest().toLowerCase(Locale.ROOT);
        boolean fits = suffix.endsWith("b") == bytes;
        String prefix = bytes && fits ? suffix.substring(0, suffix.length() - 1) : suffix;
        Long scale = suffix.isEmpty() ? Long.valueOf(1) : fits ? BINARY_UNITS.get(prefix) : null;
        if (scale == null || bytes && prefix.equals("ei")) {
            throw new ValueException(
                    "unrecognized binary" + (bytes ? "Bytes" : "") + " multiplier \"" + number.rest() + "\"");
        }
        if (Long.compareUnsigned(number.value(), Long.divideUnsigned(-1, scale)) > 0) {
            throw new ValueException(
                    "binary too large: \"" + text + "\" is more than 18446744073709551615 " + (bytes ? " Bytes" : ""));
        }
        return number.value() * scale;
    }
}
