// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.routing.World;
import org.junit.jupiter.api.Test;

class ConnectionDatabaseTest {
    private static final IpAddress US = IpAddress.of("192.0.2.1");

    private final World world = new World("192.0.2.1");

    private Connection anybody(String name, HostSpec peers) {
        return world.add(ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.NULL))
                .left(EndRequest.builder().set(EndOption.HOST, HostSpec.of(US)).build())
                .right(EndRequest.builder().set(EndOption.HOST, peers).build())
                .build());
    }

    private Connection member(Connection group, String network) {
        return world.connections
                .addMember(group, GroupTarget.of(Subnet.of(network)))
                .orElseThrow();
    }

    /** However many members groups have: none is looked at that cannot be for a stranger. */
    @Test
    void ofMembersOnlyThoseAroundAStrangerAreForIt() {
        Connection group = anybody("clear", HostSpec.special(HostSpec.Kind.GROUP));
        Connection wide = member(group, "198.51.100.0/24");
        Connection host = member(group, "198.51.100.7/32");
        member(group, "198.51.100.8/32");
        member(group, "2001:db8::/32");
        Connection road = anybody("road", HostSpec.any());
        assertThat(forStranger("198.51.100.7")).containsExactly(road, host, wide, group);
        assertThat(forStranger("203.0.113.1")).containsExactly(road, group);
        assertThat(world.connections.findByHosts(US, Optional.empty())).hasSize(6);
        world.connections.remove(host);
        assertThat(forStranger("198.51.100.7")).containsExactly(road, wide, group);
        world.connections.doom(wide);
        assertThat(forStranger("198.51.100.7")).containsExactly(road, group);
    }

    private List<Connection> forStranger(String peer) {
        return world.connections.findForStranger(US, IpAddress.of(peer));
    }

    @Test
    void networksAroundANetworkAreThoseThatHaveAllOfIt() {
        NetworkIndex index = new NetworkIndex();
        Connection any = anybody("any", HostSpec.any());
        Connection half = anybody("half", HostSpec.any());
        Connection moved = anybody("moved", HostSpec.any());
        index.put(any, Subnet.of("0.0.0.0/0"));
        index.put(half, Subnet.of("10.0.0.0/9"));
        index.put(moved, Subnet.of("10.0.0.0/9"));
        index.put(moved, Subnet.of("10.0.0.0/24"));
        assertThat(around(index, "10.0.0.0/24")).containsExactly(any, half, moved);
        assertThat(around(index, "10.0.0.0/23")).containsExactly(any, half);
        assertThat(around(index, "10.128.0.1/32")).containsExactly(any);
        assertThat(around(index, "::/0")).isEmpty();
        Stream.of(any, half, moved).forEach(index::remove);
        assertThat(around(index, "10.0.0.0/24")).isEmpty();
        assertThat(index.all()).isEmpty();
    }

    private static List<Connection> around(NetworkIndex index, String network) {
        return index.around(Subnet.of(network));
    }
}
