// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What this process may do. */
final class Rights {
    private static final int NET_ADMIN = 12;
    private static final String EFFECTIVE = "CapEff:";

    private Rights() {}

    /**
     * Without the right to set up the kernel's IPsec nothing of the daemon's work is possible.
     *
     * @param status {@code /proc/self/status}
     * @throws Fatal with {@link ExitStatus#KERNEL_FAIL} if it is missing
     */
    static void require(Path status) throws Fatal {
        try {
            if ((effective(Files.readAllLines(status)) >>> NET_ADMIN & 1) == 0) {
                throw new Fatal(
                        ExitStatus.KERNEL_FAIL, "no right to set up IPsec in the kernel: CAP_NET_ADMIN is missing");
            }
        } catch (IOException e) {
            throw new Fatal(ExitStatus.KERNEL_FAIL, "could not read " + status + ": " + IoReason.withErrno(e));
        }
    }

    private static long effective(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(EFFECTIVE))
                .map(line -> line.substring(EFFECTIVE.length()).strip())
                .mapToLong(digits -> Long.parseUnsignedLong(digits, 16))
                .findFirst()
                .orElse(0);
    }
}
