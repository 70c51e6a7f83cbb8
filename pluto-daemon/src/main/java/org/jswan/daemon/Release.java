// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

/** Which libreswan the behaviour follows, in the places and forms in which libreswan tells its own. */
final class Release {
    static final String VERSION = "4.11";
    static final String SHORT = "Libreswan " + VERSION;

    /** What was built in: all that this program has of libreswan's list. */
    static final String FEATURES = " IKEv2 XFRM (native-KDF)";

    static final String FULL = SHORT + FEATURES;

    private Release() {}
}
