// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.nio.file.Path;
import java.util.List;
import org.jswan.whack.getopt.Getopt;
import org.jswan.whack.getopt.GetoptException;

/** Where whack's options say that the control socket is. */
final class SocketPath {
    private static final Path DEFAULT = Path.of("/run/pluto/pluto.ctl");

    private SocketPath() {}

    /** Of arguments that may well be wrong; what stands behind the first wrong one does not count. */
    static Path of(List<String> arguments) {
        Path path = DEFAULT;
        try {
            Getopt<WhackOption> getopt = new Getopt<>("whack", WhackOptions.all(), arguments);
            for (var found = getopt.next(); found.isPresent(); found = getopt.next()) {
                String slot = found.get().option().slot().name();
                if (slot.equals("rundir")) {
                    path = Path.of(found.get().argument() + "/pluto.ctl");
                } else if (slot.equals("ctlsocket")) {
                    path = Path.of(found.get().argument());
                }
            }
        } catch (GetoptException e) {
            return path; // the grammar, here or in the daemon, says what is wrong
        }
        return path;
    }
}
