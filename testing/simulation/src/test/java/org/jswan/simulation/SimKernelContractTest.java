// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelIpsecContract;

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
    protected void outlastReservations() {
        world.run(SimKernel.RESERVATION);
    }
}
