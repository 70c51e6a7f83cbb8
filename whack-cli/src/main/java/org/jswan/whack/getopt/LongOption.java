// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.getopt;

/** A long option. */
public interface LongOption {
    /** Without the dashes. */
    String name();

    boolean takesArgument();

    /** Two options with equal meanings may share an abbreviation. */
    Object meaning();

    /** Whether the option can't be abbreviated and does not stand in the way of other abbreviations. */
    boolean exactOnly();
}
