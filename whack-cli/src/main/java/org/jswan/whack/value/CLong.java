// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

/**
 * What C's {@code strtol} with base 0 makes of a text: blanks, a sign, digits, and it stops where they end.
 *
 * @param value at most what 64 bits hold
 * @param wholeText whether nothing stands behind the number
 */
public record CLong(long value, boolean wholeText) {
    public static CLong parse(String text) {
        int at = 0;
        while (at < text.length() && " \t\n\013\f\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        boolean negative = at < text.length() && text.charAt(at) == '-';
        if (negative || (at < text.length() && text.charAt(at) == '+')) {
            at++;
        }
        int base = 10;
        if (text.regionMatches(true, at, "0x", 0, 2)
                && at + 2 < text.length()
                && Character.digit(text.charAt(at + 2), 16) >= 0) {
            base = 16;
            at += 2;
        } else if (text.startsWith("0", at)) {
            base = 8;
        }
        long value = 0;
        int start = at;
        boolean overflow = false;
        while (at < text.length() && Character.digit(text.charAt(at), base) >= 0) {
            int digit = Character.digit(text.charAt(at++), base);
            overflow |= value > (Long.MAX_VALUE - digit) / base;
            value = overflow ? Long.MAX_VALUE : value * base + digit;
        }
        if (at == start) {
            return new CLong(0, text.isEmpty());
        }
        long signed = overflow ? (negative ? Long.MIN_VALUE : Long.MAX_VALUE) : negative ? -value : value;
        return new CLong(signed, at == text.length());
    }
}
