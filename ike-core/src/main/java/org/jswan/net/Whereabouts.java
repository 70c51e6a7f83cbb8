// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;

/** Which addresses the machine has, and where its packets go. */
public interface Whereabouts {
    /** The usable addresses of all interfaces that are up, in the order the kernel lists them. */
    List<InterfaceAddress> addresses() throws IOException;

    /** The route to {@code destination} by the main table: what {@code %defaultroute} and nexthops are made of. */
    Optional<Route> route(IpAddress destination) throws IOException;

    /**
     * The system's routes of a family.
     *
     * @param destination only the one that packets to it take; empty: all of them
     * @throws IOException perhaps also if there is no route to it
     */
    default RouteListing routes(AddressFamily family, Optional<IpAddress> destination) throws IOException {
        return RouteListing.of(route(destination.orElse(IpAddress.any(family))), destination);
    }

    /** The other end's address on a point-to-point interface; empty on any other. */
    default Optional<IpAddress> otherEnd(String interfaceName, AddressFamily family) throws IOException {
        return Optional.empty();
    }

    /** The way to a destination: the address we would use, the gateway if it is not on the link, the interface. */
    record Route(IpAddress source, Optional<IpAddress> gateway, String interfaceName) {}
}
