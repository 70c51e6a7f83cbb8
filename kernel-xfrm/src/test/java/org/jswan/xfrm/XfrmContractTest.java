// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelIpsecContract;
import org.junit.jupiter.api.Test;

/** The kernel port's contract on a real kernel, which testing/kernel/run lends us. */
class XfrmContractTest extends KernelIpsecContract {
    @Override
    protected KernelIpsec openKernel() throws Exception {
        assumeTrue(
                Boolean.getBoolean("jswan.own.kernel"),
                "needs a kernel of its own to change: testing/kernel/run has one");
        return XfrmKernel.open(name -> 0);
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
