// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Locale;

/** What {@code ikev1-policy=} says of peers and connections that want IKEv1; ipsec.conf numbers them in this order. */
public enum Ikev1Policy {
    ACCEPT,
    /** Peers are told that the version is not spoken. */
    REJECT,
    /** Peers are told nothing. */
    DROP;

    /** What holds unless something is configured: libreswan drops unless it is built to speak IKEv1; so may an installation. */
    public static Ikev1Policy ofInstallation() {
        return valueOf(System.getProperty("jswan.ikev1-policy", DROP.text()).toUpperCase(Locale.ROOT));
    }

    /** As configuration and status name it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
