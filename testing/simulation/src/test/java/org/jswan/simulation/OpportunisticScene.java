// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimKernel.Fate;

/** A host that encrypts packets to whoever agrees, and peers that may. */
class OpportunisticScene {
    static final String HOST = "192.0.2.254";
    static final String PEER = "192.0.2.1";
    /** Seconds until a shunt of no connection goes. */
    static final int LIFETIME = 900;

    final SimWorld world;
    final SimHost host;

    OpportunisticScene(int seed) {
        world = new SimWorld(seed);
        host = world.host("host", HOST, Pair.secrets(Pair.SECRET));
    }

    static EndRequest nobody(HostSpec host) {
        return RoadScene.end(host)
                .set(EndOption.AUTH, EndAuthentication.NULL)
                .set(EndOption.ID, "%null")
                .build();
    }

    static ConnectionRequest group(String name, String us, Shunt negotiation, Shunt failure) {
        return groupBuilder(name, us, negotiation, failure).build();
    }

    static ConnectionRequest.Builder groupBuilder(String name, String us, Shunt negotiation, Shunt failure) {
        return RoadScene.bare(name)
                .left(nobody(HostSpec.of(IpAddress.of(us))))
                .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP)))
                .set(ConnectionOption.IKE, "aes_gcm256-sha2_512;dh31")
                .set(ConnectionOption.NEGOTIATION_SHUNT, negotiation)
                .set(ConnectionOption.FAILURE_SHUNT, failure);
    }

    /** A group whose members are routed. */
    void route(SimHost on, ConnectionRequest group, String targets) {
        on.setGroup(group.name(), targets);
        on.whack(WhackRequest.of(new WhackCommand.Listen()));
        on.whack(WhackRequest.of(new WhackCommand.Add(group)));
        world.run(Duration.ofSeconds(1));
        on.whack(WhackRequest.of(new WhackCommand.Listen()));
        world.run(Duration.ofSeconds(1));
        on.whack(WhackRequest.of(new WhackCommand.Route(group.name())));
        world.run(Duration.ofSeconds(1));
    }

    /** It agrees to encrypt, but asks nobody. */
    SimHost peer(String address) {
        return peer(address, group("clear-or-private", address, Shunt.PASS, Shunt.PASS));
    }

    /** @param group {@code clear-or-private} */
    SimHost peer(String address, ConnectionRequest group) {
        SimHost peer = world.host("peer" + address, address, Pair.secrets(Pair.SECRET));
        route(peer, group, "");
        peer.setGroup("clear-or-private", "192.0.2.0/24\n");
        peer.whack(WhackRequest.of(new WhackCommand.Unroute("clear-or-private")));
        peer.whack(WhackRequest.of(new WhackCommand.Listen()));
        world.run(Duration.ofSeconds(1));
        return peer;
    }

    static Selector end(String address, int port) {
        return new Selector(Subnet.of(address + "/32"), IpProtocol.ICMP, port);
    }

    Fate ping(String to) {
        return host.kernel().packet(end(HOST, 8), end(to, 0));
    }

    List<String> shunts() {
        return shunts(host);
    }

    List<String> shunts(SimHost of) {
        SimSession session = of.whack(WhackRequest.of(new WhackCommand.ShuntStatus()));
        world.run(Duration.ofMillis(10));
        List<String> lines = session.lines();
        assertThat(lines.get(0)).isEqualTo("000 Bare Shunt list:");
        return lines.subList(2, lines.size()).stream()
                .map(line -> line.substring(4))
                .filter(line -> !line.isBlank())
                .toList();
    }

    List<Connection> instances() {
        return host.pluto().connections().all().stream()
                .filter(c -> c.kind() == ConnectionKind.INSTANCE)
                .toList();
    }

    String trace() {
        return String.join("\n", world.trace());
    }
}
