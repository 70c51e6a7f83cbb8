// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import java.io.IOException;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;

/** A socket for IKE messages: bound to a UDP port, listening at a TCP port, or one end of a TCP stream. */
public interface IkeSocket {
    InterfaceAddress interfaceAddress();

    Endpoint local();

    default Transport transport() {
        return Transport.UDP;
    }

    /** This socket, if it is a stream. */
    default Optional<IkeStream> stream() {
        return Optional.empty();
    }

    /**
     * Whether this is the socket for NAT traversal: messages carry the non-ESP marker (RFC 3948 §2.2) on the wire, and
     * the kernel takes ESP packets out before we see them.
     */
    boolean encapsulates();

    /**
     * Sends one IKE message; never blocks.
     *
     * @throws IOException with the kernel's words, {@code Network is unreachable (errno 101)}, when it refuses it; a later message may go through
     */
    void send(Endpoint remote, Bytes message) throws IOException;

    /**
     * Sends the one octet that keeps a NAT's mapping and that nobody answers (RFC 3948 §2.3), without a marker.
     *
     * @throws IOException as {@link #send}
     */
    void sendKeepalive(Endpoint remote) throws IOException;

    void close();
}
