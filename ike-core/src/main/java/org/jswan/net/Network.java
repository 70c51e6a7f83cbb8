// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.io.IOException;
import org.jswan.base.Endpoint;

/** The machine's network: what is sent and received by it. */
public interface Network extends Whereabouts {
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
}
