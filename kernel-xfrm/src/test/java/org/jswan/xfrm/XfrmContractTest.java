// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.assertj.core.api.Assertions.assertThat;

import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.OwnKernelContract;
import org.junit.jupiter.api.Test;

/** The kernel port's contract on a real kernel's XFRM. */
class XfrmContractTest extends OwnKernelContract {
    @Override
    protected KernelIpsec openOwnKernel() throws Exception {
        return XfrmKernel.open(name -> 0, KernelInterfaces.NONE, line -> {});
    }

    @Override
    protected void closeKernel(KernelIpsec opened) {
        ((XfrmKernel) opened).close();
    }

    @Test
    void theKernelKnowsOfDevicesThatEncryptAndHasNone() throws Exception {
        KernelIpsec kernel = openKernel();
        DeviceFeatures features = kernel.deviceFeatures().orElseThrow();
        int count = features.count("lo");
        int number = features.names("lo", count).indexOf("esp-hw-offload");
        assertThat(number).isNotNegative();
        assertThat(features.isActive("lo", number, count)).isFalse();
        closeKernel(kernel);
    }

    @Test
    void probeFindsNothingMissing() throws Exception {
        KernelIpsec kernel = openKernel();
        assertThat(((XfrmKernel) kernel).probe().missingProtocols()).isEmpty();
        closeKernel(kernel);
    }
}
