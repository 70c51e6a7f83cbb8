// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Endpoint;
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

    /**
     * Listens at a TCP port for streams of others; messages cannot be sent from there.
     *
     * @param port 1 to 65535
     * @throws IOException naming the address, the port and the errno
     */
    default IkeSocket listen(InterfaceAddress address, int port, SocketOptions options) throws IOException {
        throw new IOException("bind " + address.interfaceName() + " TCP endpoint "
                + new Endpoint(address.address(), port) + " failed, there is no TCP");
    }

    /** Opens a stream to a peer. It may take minutes until {@code outcome} is told, on the loop and never at once. */
    default void connect(InterfaceAddress from, Endpoint remote, Connecting outcome) {
        throw new UnsupportedOperationException("there is no TCP");
    }

    /** What became of opening a stream. */
    interface Connecting {
        /** The stream is open; it closes with its last holder, or when it is closed. */
        void connected(IkeStream stream);

        /** @param why with the step that failed and the errno, as logged */
        void failed(String why);
    }

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
