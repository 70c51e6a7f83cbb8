// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.function.Predicate;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.identity.IkeId;
import org.jswan.routing.World;
import org.junit.jupiter.api.Test;

class VirtualClientsTest {
    private static final IpAddress PEER = IpAddress.of("192.0.2.9");
    private static final Selector CLIENT = Selector.of(Subnet.of("10.2.0.5/32"));

    private final World world = new World("192.0.2.1");
    private final VirtualClients clients =
            new VirtualClients(world.connections, PrivateNetworks.parse("%v4:10.0.0.0/8", fault -> {}), "xfrm");

    private Connection add(String name, EndRequest.Builder peer) {
        return world.add(ConnectionRequest.builder(name)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.1")))
                        .build())
                .right(peer.build())
                .build());
    }

    private static EndRequest.Builder peer(String id) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of("192.0.2.2")))
                .set(EndOption.ID, id);
    }

    @Test
    void aConnectionThatLeavesNothingOpenHasNoObjection() {
        Connection plain = add("a", peer("@a"));
        assertThat(clients.objection(plain, Selector.of(Subnet.of("172.16.0.1/32")), PEER))
                .isEmpty();
    }

    @Test
    void whatThePeerChoseIsNotOpenAnyMore() {
        Connection open = add("a", peer("@a").set(EndOption.VIRTUAL, "vhost:%priv"));
        assertThat(clients.objection(open, Selector.of(Subnet.of("172.16.0.1/32")), PEER))
                .isPresent();
        assertThat(clients.objection(open, CLIENT, PEER)).isEmpty();
        open.remote().chooseClient(CLIENT);
        assertThat(open.remote().virtualNetwork()).isEmpty();
        assertThat(open.remote().client()).contains(CLIENT);
        assertThat(open.remote().hasClient()).isTrue();
    }

    @Test
    void anAddressThatAnotherPeerHasIsUsed() {
        add("a", peer("@a").set(EndOption.CLIENT, Subnet.of("10.2.0.0/24")));
        assertThat(clients.isUsedByAnother(CLIENT, not("b"), world.logger)).isTrue();
        assertThat(world.log)
                .endsWith("peer Virtual IP 10.2.0.5/32 overlapping 10.2.0.0/24 from \"a\" is not supported by the"
                        + " kernel interface xfrm");
        assertThat(clients.isUsedByAnother(CLIENT, not("a"), world.logger))
                .as("it comes back")
                .isFalse();
        assertThat(clients.isUsedByAnother(Selector.of(Subnet.of("10.3.0.5/32")), not("b"), world.logger))
                .isFalse();
    }

    @Test
    void whatATemplateLeavesOpenIsNotUsed() {
        add(
                "a",
                EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.PROTOCOL_PORT, new ProtocolPort(17, 0, true)));
        assertThat(clients.isUsedByAnother(CLIENT, not("b"), world.logger)).isFalse();
    }

    private static Predicate<Connection> not(String name) {
        return c -> !c.remote().id().equals(IkeId.fqdn(name));
    }
}
