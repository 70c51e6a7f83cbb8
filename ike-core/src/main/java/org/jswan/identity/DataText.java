// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.io.ByteArrayOutputStream;
import org.jswan.base.Bytes;

/**
 * Octets written as text: hexadecimal digits, pairs of them optionally separated by {@code _}; base64; or the text
 * itself. A prefix {@code 0x}, {@code 0s} or {@code 0t} tells which. Text and result are octet strings: a key is not
 * characters.
 */
public final class DataText {
    private static final String BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final String UNKNOWN_CHARACTER = "unknown character in input";

    private DataText() {}

    /** @throws IdentityException if there is no known prefix, or what follows is malformed or empty */
    public static Bytes parse(Bytes text) throws IdentityException {
        if (text.length() < 2) {
            throw new IdentityException("input too short to be valid");
        }
        if (text.get(0) != '0') {
            throw new IdentityException("input does not begin with format prefix");
        }
        Bytes rest = text.from(2);
        return switch (text.get(1)) {
            case 'x', 'X' -> hex(rest);
            case 's', 'S' -> base64(rest);
            case 't', 'T' -> notEmpty(rest);
            default -> throw new IdentityException("unknown format prefix");
        };
    }

    /** Hexadecimal digits without a prefix. */
    public static Bytes hex(Bytes text) throws IdentityException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length() / 2);
        int at = 0;
        while (at < text.length()) {
            if (text.length() - at < 2) {
                throw new IdentityException("input ends in mid-byte, perhaps truncated");
            }
            octets.write(digit(text.get(at)) << 4 | digit(text.get(at + 1)));
            at += 2;
            if (text.length() - at > 1 && text.get(at) == '_') {
                at++;
            }
        }
        return notEmpty(Bytes.wrap(octets.toByteArray()));
    }

    private static int digit(int c) throws IdentityException {
        int digit = Character.digit(c < 128 ? c : 0, 16);
        if (digit < 0) {
            throw new IdentityException(UNKNOWN_CHARACTER);
        }
        return digit;
    }

    private static Bytes base64(Bytes text) throws IdentityException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length() * 3 / 4);
        for (int at = 0; at < text.length(); at += 4) {
            if (text.length() - at < 4) {
                throw new IdentityException("input ends in mid-byte, perhaps truncated");
            }
            group(text.slice(at, 4), octets);
        }
        return notEmpty(Bytes.wrap(octets.toByteArray()));
    }

    /** Four digits, the last one or two of them {@code =}; as the oracle, padding may be anywhere in the text. */
    private static void group(Bytes group, ByteArrayOutputStream octets) throws IdentityException {
        int given = group.get(3) != '=' ? 4 : group.get(2) == '=' ? 2 : 3;
        int bits = 0;
        for (int i = 0; i < 4; i++) {
            int value = i < given ? BASE64.indexOf(group.get(i)) : 0;
            if (value < 0) {
                throw new IdentityException(UNKNOWN_CHARACTER);
            }
            bits = bits << 6 | value;
        }
        int unused = 24 - (given - 1) * 8;
        if ((bits & (1 << unused) - 1) != 0 && given < 4) {
            throw new IdentityException("bad (non-zero) padding at end of base64 input");
        }
        for (int i = 0; i < given - 1; i++) {
            octets.write(bits >> 16 - 8 * i);
        }
    }

    private static Bytes notEmpty(Bytes octets) throws IdentityException {
        if (octets.isEmpty()) {
            throw new IdentityException("no data bytes specified by input");
        }
        return octets;
    }
}
