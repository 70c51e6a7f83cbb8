// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

/** The version in a message's header, each part 0 to 15; printed {@code 2.0}. */
public record IkeVersion(int major, int minor) {
    public static final IkeVersion V1 = new IkeVersion(1, 0);
    public static final IkeVersion V2 = new IkeVersion(2, 0);

    static IkeVersion of(int octet) {
        return octet == V2.octet() ? V2 : new IkeVersion(octet >> 4, octet & 15);
    }

    int octet() {
        return major << 4 | minor;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
