// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.log.RcCode;
import org.jswan.sa.Sa;

/**
 * Says how far an SA has come. As libreswan: with opportunistic encryption every host of the world may be a peer, so only
 * debugging output tells of the way there; what is up or has failed is said as always.
 */
public final class Progress {
    private Progress() {}

    public static void tell(Sa sa, String text) {
        tell(sa, RcCode.LOG.code(), text);
    }

    /** @param code an {@link RcCode}, or that of a state */
    public static void tell(Sa sa, int code, String text) {
        if (sa.connection().isQuiet()) {
            sa.logger().debug(sa.connection() + " " + sa.serial() + ": " + text);
        } else {
            sa.logger().log(code, text);
        }
    }
}
