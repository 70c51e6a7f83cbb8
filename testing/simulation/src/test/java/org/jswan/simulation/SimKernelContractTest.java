// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelIpsecContract;
import org.jswan.kernel.SaId;

/** The simulation's kernel does what real ones do. */
class SimKernelContractTest extends KernelIpsecContract {
    private final SimWorld world = new SimWorld(1);

    @Override
    protected KernelIpsec openKernel() {
        return new SimKernel(world.clock(), world.timers(), new SeededRandom(1));
    }

    @Override
    protected void closeKernel(KernelIpsec opened) {}

    @Override
    protected void outlast(KernelIpsec kernel, SaId reserved) {
        world.run(SimKernel.RESERVATION);
    }
}
