// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.time.Duration;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;

/** Whether lifetimes leave room for rekeying before they end. */
final class LifetimeCheck {
    private final WhackParse parse;
    private final ConnectionRequest values;
    private final Duration margin;
    private final long fuzz;

    LifetimeCheck(WhackParse parse, ConnectionRequest values) {
        this.parse = parse;
        this.values = values;
        this.margin = values.value(ConnectionOption.REKEY_MARGIN);
        this.fuzz = values.value(ConnectionOption.REKEY_FUZZ);
    }

    void check(Duration limit) throws WhackRefusal {
        if (Long.compareUnsigned(fuzz, Integer.MAX_VALUE - 100) > 0
                || margin.toSeconds() > Integer.MAX_VALUE / (100 + fuzz)) {
            throw parse.refuse("rekeymargin or rekeyfuzz values are so large that they cause overflow");
        }
        check("ike-lifetime", values.value(ConnectionOption.IKE_LIFETIME), limit);
        check("ipsec-lifetime", values.value(ConnectionOption.IPSEC_LIFETIME), limit);
    }

    private void check(String which, Duration life, Duration limit) throws WhackRefusal {
        if (life.compareTo(limit) > 0) {
            throw parse.refuse(
                    which + " [" + life.toSeconds() + " seconds] must be less than " + limit.toSeconds() + " seconds");
        }
        Duration least = margin.multipliedBy(100 + fuzz).dividedBy(100);
        if (!values.is(ConnectionOption.DONT_REKEY) && least.compareTo(life) >= 0) {
            throw parse.refuse(which + " [" + life.toSeconds()
                    + "] must be greater than rekeymargin*(100+rekeyfuzz)/100 [" + margin.toSeconds() + "*(100+" + fuzz
                    + ")/100 = " + least.toSeconds() + "]");
        }
    }
}
