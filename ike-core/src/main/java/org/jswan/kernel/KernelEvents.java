// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;

/** What the kernel tells unasked. Called on the loop. */
public interface KernelEvents {
    /**
     * A packet met a policy whose SA is missing.
     *
     * @param source and {@code destination}: those of the packet
     * @param requestId of the policy's template
     * @param label the packet's, if its SA has to have that
     */
    void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label);

    /**
     * An SA reached a limit.
     *
     * @param hard whether it is gone from the kernel, or only due for replacement
     * @param counters what went through it until then
     */
    void expired(SaId id, boolean hard, SaCounters counters);

    /**
     * A NAT between us and the peer gave it another address or port.
     *
     * @param spi of the inbound SA
     */
    void mappingChanged(int spi, IpAddress newAddress, int newPort);

    /**
     * The kernel told more than we could take: events of any kind are lost. Packets that still wait for an SA are
     * announced again when they are sent again; an SA's expiry is not, so whoever cares looks at the counters.
     */
    void eventsLost();
}
