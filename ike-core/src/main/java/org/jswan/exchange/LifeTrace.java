// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.List;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.time.Durations;

/** Debugging lines of what an SA's life waits for. */
final class LifeTrace {
    private LifeTrace() {}

    static List<String> scheduled(Sa sa, Sa.Event event, Duration after) {
        return List.of("event_schedule_where: newref " + event.fullName() + "-pe@" + address(sa) + " timeout in "
                + Durations.seconds(after) + " seconds for " + sa.serial());
    }

    /** Its time is there, and it is looked at once. */
    static List<String> due(Sa sa, Sa.Event event) {
        return List.of(
                "timer_event_cb: processing " + event.fullName() + "-event@" + address(sa) + " for "
                        + (sa instanceof IkeSa ? "IKE" : "CHILD") + " SA " + sa.serial() + " in state " + sa.state(),
                deleting(sa, event));
    }

    static String deleting(Sa sa, Sa.Event event) {
        return sa.serial() + " deleting " + event.fullName();
    }

    /** A transition leaves it as it is. */
    static String retaining(Sa sa, Sa.Event event) {
        return sa.serial() + " is retaining " + event.fullName() + " with is previously set timeout";
    }

    /** Where libreswan has the address of the event; here it tells apart those of different SAs. */
    private static String address(Sa sa) {
        return String.format("0x%08x", sa.serial().value());
    }
}
