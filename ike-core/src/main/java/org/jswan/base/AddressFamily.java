// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** IPv4 or IPv6. */
public enum AddressFamily {
    IPV4("IPv4", 4),
    IPV6("IPv6", 16);

    private final String text;
    private final int octets;

    AddressFamily(String text, int octets) {
        this.text = text;
        this.octets = octets;
    }

    /** Length of an address in octets: 4 or 16. */
    public int octets() {
        return octets;
    }

    /** Length of an address in bits: 32 or 128. */
    public int bits() {
        return octets * 8;
    }

    @Override
    public String toString() {
        return text;
    }
}
