// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/**
 * Octets that are not what they claim to be. The text is what the log shows. Carries no stack trace: hostile peers
 * cause these by the thousand.
 */
public class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message, null, false, false);
    }

    /** A number that the field of that structure cannot have. */
    public static WireException unknownValue(String field, String structure, long value) {
        return new WireException(field + " of " + structure + " has an unknown value: " + value + " (0x"
                + Long.toHexString(value) + ")");
    }
}
