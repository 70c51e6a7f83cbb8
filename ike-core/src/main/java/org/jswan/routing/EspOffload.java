// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.connection.Connection;
import org.jswan.connection.YesNoAuto;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelSa;
import org.jswan.log.Logger;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;

/** Which network interfaces encrypt ESP themselves, and which connections have them do it ({@code nic-offload=}). */
public final class EspOffload {
    private static final String FEATURE = "esp-hw-offload";

    private final KernelIpsec kernel;
    private final Set<InterfaceAddress> able = new HashSet<>();
    /** What the kernel said of the feature, whose number is the same for all interfaces; empty before it was asked. */
    private Optional<Feature> feature = Optional.empty();

    /** @param number -1 if the kernel does not know it */
    private record Feature(int number, int count) {
        static final Feature NONE = new Feature(-1, 0);

        boolean isKnown() {
            return number >= 0;
        }
    }

    public EspOffload(KernelIpsec kernel) {
        this.kernel = kernel;
    }

    /** Asks about interfaces that we are about to use; the first answer tells of the kernel, which is logged. */
    public void look(Collection<InterfaceAddress> addresses, Logger logger) {
        Optional<DeviceFeatures> features = kernel.deviceFeatures();
        if (features.isEmpty() && feature.isEmpty() && !addresses.isEmpty()) {
            logger.debug(kernel.name() + " kernel interface does not support offload");
            feature = Optional.of(Feature.NONE);
        }
        for (InterfaceAddress address : addresses) {
            able.remove(address);
            if (features.isPresent() && isAble(features.get(), address.interfaceName(), logger)) {
                able.add(address);
            }
        }
    }

    private boolean isAble(DeviceFeatures devices, String device, Logger logger) {
        if (feature.isEmpty()) {
            feature = Optional.of(find(devices, device, logger));
        }
        Feature known = feature.get();
        if (!known.isKnown()) {
            return false;
        }
        try {
            return devices.isActive(device, known.number(), known.count());
        } catch (KernelException e) {
            tell(e, device, logger);
            return false;
        }
    }

    private static Feature find(DeviceFeatures devices, String device, Logger logger) {
        int count = 0;
        try {
            count = devices.count(device);
        } catch (KernelException e) {
            tell(e, device, logger);
        }
        if (count == 0) {
            logger.log("Kernel does not support NIC " + FEATURE + " (ETHTOOL_GSSET_INFO failed)");
            return Feature.NONE;
        }
        List<String> names = List.of();
        try {
            names = devices.names(device, count);
        } catch (KernelException e) {
            tell(e, device, logger);
        }
        int number = names.indexOf(FEATURE);
        logger.log(number < 0 ? "Kernel does not support NIC " + FEATURE : "Kernel supports NIC " + FEATURE);
        return number < 0 ? Feature.NONE : new Feature(number, count);
    }

    private static void tell(KernelException e, String device, Logger logger) {
        String refusal = "offload to " + device + " because " + e.getMessage();
        if (e.errno().equals("EOPNOTSUPP")) {
            logger.debug("cannot " + refusal);
        } else {
            logger.error("can't " + refusal);
        }
    }

    /** The interface that is to encrypt a connection's ESP packets, able or not if that was asked for. */
    public Optional<KernelSa.Offload> wantedBy(Connection c) {
        YesNoAuto wish = c.config().kernel().nicOffload();
        Optional<InterfaceAddress> address = c.socket().map(IkeSocket::interfaceAddress);
        if (wish == YesNoAuto.NO || address.isEmpty()) {
            c.logger().debug("kernel: NIC " + FEATURE + " disabled for connection '" + c.name() + "'");
            return Optional.empty();
        }
        String device = address.get().interfaceName();
        if (wish == YesNoAuto.YES) {
            return Optional.of(new KernelSa.Offload(device, /* dispensable= */ false));
        }
        if (!able.contains(address.get())) {
            c.logger()
                    .debug("kernel: NIC " + FEATURE + " not for connection '" + c.name()
                            + "' not available on interface " + device);
            return Optional.empty();
        }
        c.logger()
                .debug("kernel: NIC " + FEATURE + " offload for connection '" + c.name() + "' enabled on interface "
                        + device);
        return Optional.of(new KernelSa.Offload(device, /* dispensable= */ true));
    }
}
