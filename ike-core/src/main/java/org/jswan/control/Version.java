// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

/** What this is, for whoever asks a command or the status. */
public final class Version {
    /** The release of libreswan whose behaviour this follows; stands where libreswan prints its own. */
    public static final String LIBRESWAN = "4.11";

    /** Our own release. */
    public static final String JSWAN = "0.1.0";

    /** What the programs say: {@code Libreswan 4.11 (Jswan 0.1.0)}. */
    public static final String TEXT = "Libreswan " + LIBRESWAN + " (Jswan " + JSWAN + ")";

    private Version() {}
}
