// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;

/** A socket on the {@link Wire}. */
record BenchSocket(Wire wire, InterfaceAddress interfaceAddress, Endpoint local, boolean encapsulates)
        implements IkeSocket {
    @Override
    public void send(Endpoint remote, Bytes message) {
        wire.send(local, remote, message);
    }

    @Override
    public void sendKeepalive(Endpoint remote) {
        throw new IllegalStateException("there is no NAT here");
    }

    @Override
    public void close() {
        wire.unbind(this);
    }
}
