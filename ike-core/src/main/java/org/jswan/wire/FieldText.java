// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.HexFormat;
import org.jswan.base.Bytes;

/** How debugging output shows a structure of a message: a headline, then a line for each field. The form is libreswan's. */
public final class FieldText {
    private FieldText() {}

    /**
     * The headline.
     *
     * @param depth 2 for a message, 3 for a payload, one more for each structure around
     * @param verb {@code parse} or {@code emit}
     */
    public static String structure(int depth, String verb, String name) {
        return "*".repeat(depth) + verb + " " + name + ":";
    }

    /** A number of so many octets: {@code    length: 278 (01 16)}. */
    public static String number(String name, long value, int octets) {
        byte[] bytes = new byte[octets];
        for (int i = 0; i < octets; i++) {
            bytes[i] = (byte) (value >>> Byte.SIZE * (octets - 1 - i));
        }
        return "   " + name + ": " + value + " (" + spaced(Bytes.copyOf(bytes)) + ")";
    }

    /** A number with a meaning: {@code    ID type: ID_FQDN (0x2)}. */
    public static String named(String name, String meaning, long value) {
        return "   " + name + ": " + meaning + " (0x" + Long.toHexString(value) + ")";
    }

    /** Octets as they are: {@code    initiator SPI: 01 23 45 67 89 ab cd ef}. */
    public static String octets(String name, Bytes octets) {
        return "   " + name + ": " + spaced(octets);
    }

    /** {@code 01 16}. */
    public static String spaced(Bytes octets) {
        return HexFormat.ofDelimiter(" ").formatHex(octets.toArray());
    }
}
