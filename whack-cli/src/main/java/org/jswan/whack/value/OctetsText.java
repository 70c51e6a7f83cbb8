// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jswan.base.Bytes;
import org.jswan.config.value.ValueException;

/** Octets written as {@code 0x} hexadecimal, {@code 0s} base64 or {@code 0t} text. */
public final class OctetsText {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    private OctetsText() {}

    /** With a prefix that tells the form. */
    public static Bytes prefixed(String text) throws ValueException {
        if (text.length() < 2) {
            throw new ValueException("input too short to be valid");
        }
        if (text.charAt(0) != '0') {
            throw new ValueException("input does not begin with format prefix");
        }
        String rest = text.substring(2);
        return switch (text.charAt(1)) {
            case 'x', 'X' -> hex(rest);
            case 's', 'S' -> base64(rest);
            case 't', 'T' -> nonEmpty(rest.getBytes(StandardCharsets.UTF_8));
            default -> throw new ValueException("unknown format prefix");
        };
    }

    /** Pairs of hexadecimal digits, an underscore allowed between pairs. */
    public static Bytes hex(String text) throws ValueException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            if (at + 1 == text.length()) {
                throw new ValueException("input ends in mid-byte, perhaps truncated");
            }
            out.write((hexDigit(text.charAt(at)) << 4) | hexDigit(text.charAt(at + 1)));
            at += 2;
            if (at + 1 < text.length() && text.charAt(at) == '_') {
                at++;
            }
        }
        return nonEmpty(out.toByteArray());
    }

    private static int hexDigit(char c) throws ValueException {
        if (c >= 128 || Character.digit(c, 16) < 0) {
            throw new ValueException("unknown character in input");
        }
        return Character.digit(c, 16);
    }

    /** Groups of four characters. */
    public static Bytes base64(String text) throws ValueException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int at = 0; at < text.length(); at += 4) {
            if (at + 4 > text.length()) {
                throw new ValueException("input ends in mid-byte, perhaps truncated");
            }
            group(text.substring(at, at + 4), out);
        }
        return nonEmpty(out.toByteArray());
    }

    /** As libreswan: more groups may follow padding. */
    private static void group(String group, ByteArrayOutputStream out) throws ValueException {
        int octets = group.endsWith("==") ? 1 : group.endsWith("=") ? 2 : 3;
        int bits = 0;
        for (int i = 0; i < 4; i++) {
            int six = i > octets ? 0 : BASE64.indexOf(group.charAt(i));
            if (six < 0) {
                throw new ValueException("unknown character in input");
            }
            bits = (bits << 6) | six;
        }
        if ((bits & ((1 << (8 * (3 - octets))) - 1)) != 0) {
            throw new ValueException("bad (non-zero) padding at end of base64 input");
        }
        for (int i = 0; i < octets; i++) {
            out.write(bits >> (8 * (2 - i)));
        }
    }

    private static Bytes nonEmpty(byte[] octets) throws ValueException {
        if (octets.length == 0) {
            throw new ValueException("no data bytes specified by input");
        }
        return Bytes.wrap(octets);
    }
}
