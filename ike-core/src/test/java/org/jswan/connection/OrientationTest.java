// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.EndConfig.Side;
import org.jswan.net.IkeSocket;
import org.jswan.routing.World;
import org.junit.jupiter.api.Test;

class OrientationTest {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final IpAddress EAST = IpAddress.of("192.0.2.2");

    private final World world = new World("192.0.2.1");

    private static ConnectionRequest.Builder request(String name, EndRequest.Builder left, EndRequest.Builder right) {
        return ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(left.build())
                .right(right.build());
    }

    private static EndRequest.Builder end(IpAddress host) {
        return EndRequest.builder().set(EndOption.HOST, HostSpec.of(host));
    }

    @Test
    void eitherEndMayBeOurs() {
        Connection straight = world.add(request("a", end(WEST), end(EAST)).build());
        Connection turned = world.add(request("b", end(EAST), end(WEST)).build());
        assertThat(straight.local().config().side()).isEqualTo(Side.LEFT);
        assertThat(turned.local().config().side()).isEqualTo(Side.RIGHT);
        assertThat(turned.remote().address()).contains(EAST);
        assertThat(turned.socket().map(s -> s.local().port())).contains(500);
    }

    @Test
    void waitsForItsAddress() {
        List<IkeSocket> sockets = List.copyOf(world.sockets);
        world.sockets.clear();
        Connection c = world.add(request("a", end(WEST), end(EAST)).build());
        assertThat(c.isOriented()).isFalse();
        assertThat(world.connections.findByHosts(WEST, Optional.of(EAST))).isEmpty();
        world.sockets.addAll(sockets);
        assertThat(world.orientation.orient(c, c.logger())).isEqualTo(Orientation.Result.ORIENTED);
        assertThat(world.connections.findByHosts(WEST, Optional.of(EAST))).containsExactly(c);
    }

    @Test
    void losesItsAddress() {
        Connection c = world.add(request("a", end(EAST), end(WEST)).build());
        world.orientation.closed(c.socket().orElseThrow());
        assertThat(c.isOriented()).isFalse();
        assertThat(c.local().address()).as("which end was ours is kept").contains(WEST);
        assertThat(world.connections.findByHosts(WEST, Optional.of(EAST))).isEmpty();
        world.orientation.orient(c, c.logger());
        assertThat(c.isOriented()).isTrue();
    }

    @Test
    void aPortOfItsOwnOpensASocket() {
        Connection c = world.add(request("a", end(WEST).set(EndOption.IKE_PORT, 1234L), end(EAST))
                .build());
        assertThat(c.socket().map(s -> s.local().port())).contains(1234);
        assertThat(c.remote().port())
                .as("the peer answers where markers are expected")
                .isEqualTo(4500);
    }

    @Test
    void aPeerWithAPortOfItsOwnIsSpokenToFromThePortOfNatTraversal() {
        Connection c = world.add(request("a", end(WEST), end(EAST).set(EndOption.IKE_PORT, 1234L))
                .build());
        assertThat(c.socket().map(s -> s.local().port())).contains(4500);
    }

    @Test
    void peersThatAreNotKnownYetAreFoundApart() {
        Connection known = world.add(request("a", end(WEST), end(EAST)).build());
        Connection any = world.add(request("b", end(WEST), EndRequest.builder().set(EndOption.HOST, HostSpec.any()))
                .build());
        Connection newer = world.add(request("c", end(WEST), end(EAST)).build());
        assertThat(any.kind()).isEqualTo(ConnectionKind.TEMPLATE);
        assertThat(world.connections.findByHosts(WEST, Optional.of(EAST))).containsExactly(newer, known);
        assertThat(world.connections.findByHosts(WEST, Optional.empty())).containsExactly(any);
        world.connections.remove(known);
        assertThat(world.connections.findByHosts(WEST, Optional.of(EAST))).containsExactly(newer);
        assertThat(world.connections.find(known.serial())).isEmpty();
    }

    @Test
    void requestIdsComeInLoadOrder() {
        Connection first = world.add(request("a", end(WEST), end(EAST)).build());
        Connection own = world.add(request("b", end(WEST), end(EAST))
                .set(ConnectionOption.REQID, 77L)
                .build());
        Connection second = world.add(request("c", end(WEST), end(EAST)).build());
        assertThat(List.of(first.requestId(), own.requestId(), second.requestId()))
                .containsExactly(16388, 77, 16392);
    }
}
