// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;

/** A gateway "@gateway" and peers on the road that come to it, each with a connection "road". All know one secret. */
abstract class RoadScene {
    static final String GATEWAY = "192.0.2.254";

    final SimWorld world;
    final SimHost gateway;

    RoadScene() {
        this(PlutoOptions.defaults());
    }

    /** @param options the gateway's */
    RoadScene(PlutoOptions options) {
        this(1, options);
    }

    RoadScene(long seed, PlutoOptions options) {
        world = new SimWorld(seed);
        gateway = listening(
                new SimHost("gateway", world, List.of(IpAddress.of(GATEWAY)), Pair.secrets(Pair.SECRET), options));
    }

    final SimHost listening(String name, String address) {
        return listening(world.host(name, address, Pair.secrets(Pair.SECRET)));
    }

    static SimHost listening(SimHost host) {
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        return host;
    }

    static EndRequest.Builder end(HostSpec host) {
        return EndRequest.builder().set(EndOption.HOST, host).set(EndOption.AUTH, EndAuthentication.PSK);
    }

    /** @param client the subnet behind the gateway */
    static EndRequest.Builder gatewayEnd(String client) {
        return end(HostSpec.of(IpAddress.of(GATEWAY)))
                .set(EndOption.ID, "@gateway")
                .set(EndOption.CLIENT, Subnet.of(client));
    }

    /** A connection without its ends. */
    static ConnectionRequest.Builder bare(String name) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.PFS)
                .set(ConnectionOption.ESN_NO)
                .set(ConnectionOption.ESN_YES);
    }

    final SimSession add(SimHost host, ConnectionRequest.Builder connection) {
        SimSession session = host.whack(WhackRequest.of(new WhackCommand.Add(connection.build())));
        world.run(Duration.ofMillis(10));
        return session;
    }

    final SimSession up(SimHost road) {
        SimSession session = Pair.initiate(road, "road");
        world.run(Duration.ofSeconds(2));
        return session;
    }

    final void down(SimHost road) {
        road.whack(WhackRequest.of(new WhackCommand.Terminate("road")));
        world.run(Duration.ofSeconds(2));
    }

    /** The gateway's. */
    final List<Connection> instances() {
        return gateway.pluto().connections().all().stream()
                .filter(c -> c.kind() == ConnectionKind.INSTANCE)
                .toList();
    }

    final String trace() {
        return String.join("\n", world.trace());
    }
}
