// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelIpsecContract;
import org.jswan.kernel.SaId;
import org.junit.jupiter.api.Test;

/** The kernel port's contract on a real kernel, which testing/kernel/run lends us. */
class XfrmContractTest extends KernelIpsecContract {
    /** For how many seconds an SPI stays reserved. */
    private static final Path RESERVATION = Path.of("/proc/sys/net/core/xfrm_acq_expires");

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(20);

    @Override
    protected KernelIpsec openKernel() throws Exception {
        assumeTrue(
                Boolean.getBoolean("jswan.own.kernel"),
                "needs a kernel of its own to change: testing/kernel/run has one");
        Files.writeString(RESERVATION, "2");
        return XfrmKernel.open(name -> 0, KernelInterfaces.NONE, line -> {});
    }

    @Override
    protected void outlast(KernelIpsec kernel, SaId reserved) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (kernel.counters(reserved).isPresent()) {
            assertThat(System.nanoTime()).as(reserved + " is still reserved").isLessThan(deadline);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    @Override
    protected void closeKernel(KernelIpsec opened) {
        ((XfrmKernel) opened).close();
    }

    @Test
    void probeFindsNothingMissing() throws Exception {
        KernelIpsec kernel = openKernel();
        assertThat(((XfrmKernel) kernel).probe().missingProtocols()).isEmpty();
        closeKernel(kernel);
    }
}
