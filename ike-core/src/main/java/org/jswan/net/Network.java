// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;

/** The machine's network. */
public interface Network {
    /** The usable addresses of all interfaces that are up, in the order the kernel lists them. */
    List<InterfaceAddress> addresses() throws IOException;

    /**
     * Binds a UDP socket whose datagrams the kernel passes by all IPsec policies.
     *
     * @param port 1 to 65535
     * @throws IOException naming the address, the port and the errno
     */
    IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options) throws IOException;

    /** The route to {@code destination} by the main table: what {@code %defaultroute} and nexthops are made of. */
    Optional<Route> route(IpAddress destination) throws IOException;

    /** The way to a destination: the address we would use, the gateway if it is not on the link, the interface. */
    record Route(IpAddress source, Optional<IpAddress> gateway, String interfaceName) {}
}
