// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.kernel.KernelSa.TrafficSelectors;

/**
 * Both ports of a policy as kernels have them: of ICMP its type as the source's and its code as the destination's, which
 * RFC 4301 §4.4.1.1 packs into one port.
 */
public record KernelPorts(int source, int destination) {
    private static final int ICMP = 1;
    private static final int ICMP_V6 = 58;

    /** Those of selectors, of which of ICMP the source's counts. */
    public static KernelPorts of(Selector source, Selector destination) {
        return isIcmp(source.protocol())
                ? new KernelPorts(source.port() >> Byte.SIZE, source.port() & 0xff)
                : new KernelPorts(source.port(), destination.port());
    }

    private static boolean isIcmp(int protocol) {
        return protocol == ICMP || protocol == ICMP_V6;
    }

    /** The selectors that these are of. */
    public TrafficSelectors selectors(int protocol, Subnet from, Subnet to) {
        if (isIcmp(protocol)) {
            int packed = (source & 0xff) << Byte.SIZE | destination & 0xff;
            return new TrafficSelectors(new Selector(from, protocol, packed), new Selector(to, protocol, packed));
        }
        return new TrafficSelectors(new Selector(from, protocol, source), new Selector(to, protocol, destination));
    }
}
