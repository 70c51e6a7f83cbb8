// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The contract on a Linux that is nobody else's, which testing/kernel/run lends us. */
public abstract class OwnKernelContract extends KernelIpsecContract {
    /** For how many seconds an SPI stays reserved. */
    private static final Path RESERVATION = Path.of("/proc/sys/net/core/xfrm_acq_expires");

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    /** The backend on the kernel that the test runs on. */
    protected abstract KernelIpsec openOwnKernel() throws Exception;

    @Override
    protected final KernelIpsec openKernel() throws Exception {
        assumeTrue(
                Boolean.getBoolean("jswan.own.kernel"),
                "needs a kernel of its own to change: testing/kernel/run has one");
        Files.writeString(RESERVATION, "2");
        return openOwnKernel();
    }

    @Override
    protected final void outlast(KernelIpsec kernel, SaId reserved) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (kernel.counters(reserved).isPresent()) {
            assertThat(System.nanoTime()).as(reserved + " is still reserved").isLessThan(deadline);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
