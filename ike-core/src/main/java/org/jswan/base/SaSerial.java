// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** The serial number of an IKE SA or a Child SA, printed {@code #7}; never used twice by one daemon. */
public record SaSerial(long value) implements Comparable<SaSerial> {
    @Override
    public int compareTo(SaSerial other) {
        return Long.compare(value, other.value);
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof SaSerial that && value == that.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public String toString() {
        return "#" + value;
    }
}
