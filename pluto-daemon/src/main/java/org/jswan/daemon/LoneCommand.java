// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.Optional;
import org.jswan.auto.AutoMain;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.net.Whereabouts;
import org.jswan.xfrm.RouteTable;

/** auto and addconn where no daemon answers, with this machine's routes. */
public final class LoneCommand {
    private LoneCommand() {}

    public static void main(String[] arguments) {
        AutoMain.run(arguments, LoneCommand::whereabouts);
    }

    private static Optional<Whereabouts> whereabouts() {
        try {
            return Optional.of(new KernelWhereabouts(RouteTable.open()));
        } catch (ErrnoException e) {
            System.err.println("routes: " + e.getMessage());
            return Optional.empty();
        }
    }
}
