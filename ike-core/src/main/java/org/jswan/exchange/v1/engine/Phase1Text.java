// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import org.jswan.crypto.IkeSuite;
import org.jswan.sa.IkeSa;

/** How log lines describe an ISAKMP SA. */
final class Phase1Text {
    private Phase1Text() {}

    /** {@code {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}}. */
    static String details(IkeSa ike) {
        IkeSuite suite = ike.suite().orElseThrow();
        return "{auth=" + ike.phase1().authentication().orElseThrow().name() + " cipher=" + suite.cipherName()
                + " integ=" + suite.prf().fqn() + " group=" + suite.group().fqn() + "}";
    }
}
