// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * The type of a payload. Printed by the name that IKEv2 logs give it; a number without one as {@code 255??}.
 *
 * @param number 0 to 255
 */
public record PayloadType(int number) {
    private static final String PREFIX = "ISAKMP_NEXT_v2";
    private static final Map<Integer, String> NAMES = new HashMap<>();

    public static final PayloadType NONE = named(0, "NONE");
    public static final PayloadType SA = named(33, "SA");
    public static final PayloadType KE = named(34, "KE");
    public static final PayloadType IDI = named(35, "IDi");
    public static final PayloadType IDR = named(36, "IDr");
    public static final PayloadType CERT = named(37, "CERT");
    public static final PayloadType CERTREQ = named(38, "CERTREQ");
    public static final PayloadType AUTH = named(39, "AUTH");
    /** Ni or Nr; both are one number and print as Ni. */
    public static final PayloadType NONCE = named(40, "Ni");

    public static final PayloadType NOTIFY = named(41, "N");
    public static final PayloadType DELETE = named(42, "D");
    public static final PayloadType VENDOR_ID = named(43, "V");
    public static final PayloadType TSI = named(44, "TSi");
    public static final PayloadType TSR = named(45, "TSr");
    public static final PayloadType SK = named(46, "SK");
    public static final PayloadType CP = named(47, "CP");
    public static final PayloadType EAP = named(48, "EAP");
    public static final PayloadType GSPM = named(49, "GSPM");
    public static final PayloadType IDG = named(50, "IDG");
    public static final PayloadType GSA = named(51, "GSA");
    public static final PayloadType KD = named(52, "KD");
    public static final PayloadType SKF = named(53, "SKF");
    public static final PayloadType IKE_FRAGMENTATION = named(132, "IKE_FRAGMENTATION");

    private static PayloadType named(int number, String shortName) {
        NAMES.put(number, PREFIX + shortName);
        return new PayloadType(number);
    }

    public static PayloadType of(int number) {
        return new PayloadType(number);
    }

    /** Whether the number has a name. */
    public boolean isKnown() {
        return NAMES.containsKey(number);
    }

    /** The name without its prefix: {@code TSi}. */
    public String shortName() {
        return NumberNames.withoutPrefix(toString(), PREFIX);
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof PayloadType that && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return NumberNames.text(NAMES, number);
    }
}
