// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.KernelException;

/** Network interfaces of which some encrypt ESP themselves. */
public final class SimDevices implements DeviceFeatures {
    private final List<String> names;
    private final Set<String> active = new HashSet<>();

    /** @param names what the kernel knows interfaces to do; none: it knows nothing of features */
    public SimDevices(String... names) {
        this.names = List.of(names);
    }

    /** That interface does all of it from now on. */
    public void activate(String device) {
        active.add(device);
    }

    @Override
    public int count(String device) throws KernelException {
        if (names.isEmpty()) {
            throw new KernelException(
                    "EOPNOTSUPP", "SIOCETHTOOL ETHTOOL_GSSET_INFO failed: Operation not supported (errno 95)");
        }
        return names.size();
    }

    @Override
    public List<String> names(String device, int count) {
        return names.subList(0, count);
    }

    @Override
    public boolean isActive(String device, int feature, int count) {
        return active.contains(device) && feature < count;
    }
}
