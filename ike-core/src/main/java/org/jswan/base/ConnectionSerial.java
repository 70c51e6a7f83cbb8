// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** The serial number of a connection or instance, printed {@code $3}; never used twice by one daemon. */
public record ConnectionSerial(long value) implements Comparable<ConnectionSerial> {
    @Override
    public int compareTo(ConnectionSerial other) {
        return Long.compare(value, other.value);
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectionSerial that && value == that.value;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(value);
    }

    @Override
    public String toString() {
        return "$" + value;
    }
}
