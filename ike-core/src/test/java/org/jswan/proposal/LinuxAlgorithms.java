// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;

/** What proposals may name where the kernel is told by XFRM. */
final class LinuxAlgorithms {
    private LinuxAlgorithms() {}

    static boolean has(Algorithm algorithm) {
        return !(algorithm instanceof Encr encr) || encr.xfrmName().isPresent();
    }
}
