// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;

/** A gateway whose connections all lead to one network; only their marks tell them apart. */
final class Hub {
    private static final IpAddress GATEWAY = IpAddress.of("192.0.2.1");
    private static final IpAddress PEER = IpAddress.of("192.0.2.2");

    private final BenchHost host = new BenchHost(new Wire(), List.of(GATEWAY));
    private final int last;

    /** All of them wait for packets. */
    Hub(int connections, String proposal) {
        for (int n = 1; n <= connections; n++) {
            host.whack(new WhackCommand.Add(connection(n, proposal)));
            host.whack(new WhackCommand.Route(name(n)));
        }
        last = connections;
    }

    /** The last one waits for packets no more, and then does again. */
    void reroute() {
        host.whack(new WhackCommand.Unroute(name(last)));
        host.whack(new WhackCommand.Route(name(last)));
    }

    BenchHost host() {
        return host;
    }

    private static ConnectionRequest connection(int n, String proposal) {
        return PeerConnections.marked(name(n), end(GATEWAY, "10.0.1.0/24"), end(PEER, "0.0.0.0/0"), proposal, n);
    }

    private static EndRequest end(IpAddress address, String client) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(address))
                .set(EndOption.CLIENT, Subnet.of(client))
                .set(EndOption.AUTH, EndAuthentication.PSK)
                .build();
    }

    private static String name(int n) {
        return "network" + n;
    }
}
