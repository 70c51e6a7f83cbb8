// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IKEv1 between hosts that have addresses of IPv6, and are known by them. */
class Ikev1Ipv6Test {
    private static final String WEST = "2001:db8::1";
    private static final String EAST = "2001:db8::2";
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    private static SimHost host(String name, SimWorld world, String address) {
        return new SimHost(name, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), OPTIONS);
    }

    private static EndRequest end(String address, String client) {
        return EndRequest.builder()
                .set(EndOption.HOST, HostSpec.of(IpAddress.of(address)))
                .set(EndOption.CLIENT, Subnet.of(client))
                .build();
    }

    private static ConnectionRequest.Builder tunnel(boolean aggressive, String westClient, String eastClient) {
        return Ikev1Pair.ikev1(Pair.tunnel("t"))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .set(ConnectionOption.AGGRESSIVE, aggressive)
                .set(ConnectionOption.IKE, "aes128-sha1;modp2048")
                .left(end(WEST, westClient))
                .right(end(EAST, eastClient));
    }

    private static void assertCarries(SimHost host, String from, String to) {
        assertThat(host.kernel().policies())
                .filteredOn(policy -> policy.direction() == KernelPolicy.Direction.OUT)
                .singleElement()
                .satisfies(policy -> {
                    assertThat(policy.source()).isEqualTo(Selector.of(Subnet.of(from)));
                    assertThat(policy.destination()).isEqualTo(Selector.of(Subnet.of(to)));
                });
        assertThat(host.kernel().installed())
                .extracting(KernelSa::id)
                .extracting(id -> id.destination().toString())
                .containsExactlyInAnyOrder(WEST, EAST);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 2001:db8:1::/64, 2001:db8:2::/64",
        "true,  2001:db8:1::/64, 2001:db8:2::/64",
        "false, 198.51.100.0/25, 198.51.100.128/25"
    })
    void aTunnelComesUpAndGoes(boolean aggressive, String westClient, String eastClient) {
        SimWorld world = new SimWorld(1);
        Pair pair = new Pair(world, host("west", world, WEST), host("east", world, EAST));
        pair.add(tunnel(aggressive, westClient, eastClient), tunnel(aggressive, westClient, eastClient));
        pair.initiate(pair.west);
        assertThat(world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.log()).contains("\"t\" #1: Peer ID is ID_IPV6_ADDR: '" + EAST + "'");
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: Peer ID is ID_IPV6_ADDR: '" + WEST + "'",
                        "\"t\" #1: the peer proposed: " + eastClient + " -<all>-> " + westClient);
        assertCarries(pair.west, westClient, eastClient);
        assertCarries(pair.east, eastClient, westClient);
        pair.terminate(pair.west);
        world.run(Duration.ofSeconds(2));
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.pluto().saCount()).as(pair.trace()).isZero();
            assertThat(host.kernel().installed()).isEmpty();
        }
        pair.assertNothingLeftAfterDelete();
    }
}
