// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.Locale;

/** How pluto ends: the numbers are interface. */
public enum ExitStatus {
    OK(0),
    FAIL(1),
    SOCKET_FAIL(2),
    FORK_FAIL(3),
    FIPS_FAIL(4),
    KERNEL_FAIL(5),
    NSS_FAIL(6),
    AUDIT_FAIL(7),
    LOCK_FAIL(10),
    LEAVE_STATE(12);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** As the log of the shutdown names it: {@code kernel-fail}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
