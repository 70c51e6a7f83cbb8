// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.kernel.KernelPolicy.Direction;

/**
 * A policy and its SA move to other outer addresses or NAT ports (MOBIKE); keys, counters and sequence numbers stay.
 *
 * @param selectors which policy, together with the direction
 * @param encapsulation the new ports; empty: no encapsulation
 */
public record KernelMigration(
        Direction direction,
        KernelSa.TrafficSelectors selectors,
        IpsecProtocol protocol,
        IpsecMode mode,
        int requestId,
        IpAddress oldSource,
        IpAddress oldDestination,
        IpAddress newSource,
        IpAddress newDestination,
        Optional<KernelSa.Encapsulation> encapsulation) {}
