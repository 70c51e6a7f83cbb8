// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.Locale;
import org.jswan.control.WhackCommand;

/** What adding connections and listing them cost, without the client, the parser of ipsec.conf and the control socket. */
final class LoadCost {
    private static final int[] COUNTS = {250, 1000, 1000, 1000, 4000};

    private LoadCost() {}

    /** Prints the figures for some numbers of connections, one after the other in the same JVM: the first is cold. */
    static void print(String proposal) {
        for (int count : COUNTS) {
            Peers peers = new Peers(count, proposal);
            Meter.Cost start = peers.responder().cost();
            peers.configureResponder();
            Meter.Cost loaded = peers.responder().cost();
            peers.responder().whack(new WhackCommand.Status());
            Meter.Cost listed = peers.responder().cost().minus(loaded);
            Meter.Cost load = loaded.minus(start);
            System.out.printf(
                    Locale.ROOT,
                    "load      %4d connections: %.0f us of CPU and %.1f KB allocated each; --status %.1f us and %.1f KB"
                            + " each%n",
                    count,
                    load.cpuNanos() / 1e3 / count,
                    load.allocated() / 1024.0 / count,
                    listed.cpuNanos() / 1e3 / count,
                    listed.allocated() / 1024.0 / count);
        }
    }
}
