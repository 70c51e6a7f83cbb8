// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

/** What {@code left=} or {@code right=} holds. */
public enum HostType {
    NOT_SET,
    DEFAULT_ROUTE,
    ANY,
    INTERFACE,
    OPPORTUNISTIC,
    OPPORTUNISTIC_GROUP,
    GROUP,
    NAME,
    ADDRESS,
    /** A bare number that stands for none of these. */
    UNKNOWN;

    static HostType of(long number) {
        if (number == ConfKey.OTHER) {
            return ADDRESS;
        }
        return number >= 0 && number <= NAME.ordinal() ? values()[(int) number] : UNKNOWN;
    }
}
