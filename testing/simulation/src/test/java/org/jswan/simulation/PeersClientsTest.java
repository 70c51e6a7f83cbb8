// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.connection.RoutingState;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.pluto.PlutoOptions;
import org.junit.jupiter.api.Test;

/** Peers of IKEv1 get no networks but those that are theirs, whatever they propose in Quick Mode. */
class PeersClientsTest {
    private static final String INSIDE = "10.0.0.1";
    private static final String OUTSIDE = "203.0.113.1";
    private static final String BRANCH = "10.7.0.0/16";

    private final SimWorld world = new SimWorld(91);
    private final SimHost west = host("west", INSIDE, PlutoOptions.defaults());
    private final SimHost east = host(
            "east",
            Pair.EAST,
            PlutoOptions.defaults().withVirtualPrivate(PrivateNetworks.parse("%v4:10.1.0.0/16", fault -> {})));

    PeersClientsTest() {
        world.translate(INSIDE, OUTSIDE);
    }

    private SimHost host(String name, String address, PlutoOptions options) {
        SimHost host = new SimHost(
                name,
                world,
                List.of(IpAddress.of(address)),
                Pair.secrets(Pair.SECRET),
                options.withIkev1(Ikev1Policy.ACCEPT));
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        return host;
    }

    private void add(SimHost host, ConnectionRequest.Builder connection) {
        host.whack(WhackRequest.of(new WhackCommand.Add(connection.build())));
        world.run(Duration.ofMillis(10));
    }

    /** West asks for {@code client}; east lets peers anywhere choose by {@code virtual}. */
    private void proposed(String client, String virtual, UnaryOperator<ConnectionRequest.Builder> eastHas) {
        add(
                west,
                Ikev1Pair.tunnel("t")
                        .left(Ikev1Pair.end(INSIDE, "@west", client).build()));
        add(
                east,
                eastHas.apply(Ikev1Pair.tunnel("t")
                        .left(EndRequest.builder()
                                .set(EndOption.HOST, HostSpec.any())
                                .set(EndOption.ID, "%any")
                                .set(EndOption.VIRTUAL, virtual)
                                .build())));
        Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(3));
    }

    private List<String> carried() {
        return east.kernel().policies().stream()
                .map(policy -> policy.destination().subnet().toString())
                .filter(subnet -> !subnet.equals(Pair.EAST_CLIENT))
                .distinct()
                .toList();
    }

    private String trace() {
        return String.join("\n", world.trace());
    }

    @Test
    void whatVirtualPrivateAllowsIsTheirs() {
        proposed("10.1.2.0/24", "vnet:%priv", UnaryOperator.identity());
        assertThat(carried()).as(trace()).containsExactly("10.1.2.0/24");
    }

    /** A NAT, which the peer can have us see, is no reason. */
    @Test
    void behindANatNoMoreThanThat() {
        proposed("10.8.0.0/16", "vnet:%priv", UnaryOperator.identity());
        assertThat(east.log())
                .as(trace())
                .anyMatch(
                        line -> line.contains("cannot respond to IPsec SA request because no connection is known for"));
        assertThat(carried()).isEmpty();
        assertThat(east.kernel().installed()).isEmpty();
    }

    @Test
    void whatIsAnothersStaysAnothers() {
        add(
                east,
                Ikev1Pair.tunnel("branch")
                        .left(Ikev1Pair.end("192.0.2.77", "@branch", BRANCH).build()));
        east.whack(WhackRequest.of(new WhackCommand.Route("branch")));
        world.run(Duration.ofSeconds(1));
        proposed(BRANCH, "vnet:%priv", UnaryOperator.identity());
        assertThat(carried()).as(trace()).containsExactly(BRANCH);
        assertThat(east.kernel().installed()).isEmpty();
        assertThat(east.pluto().connections().findByName("branch"))
                .extracting(c -> c.routing())
                .containsExactly(RoutingState.ROUTED_PROSPECTIVE);
    }

    /** In transport mode it is the host that is seen; nothing binds the peer to propose that mode. */
    @Test
    void inTransportModeItIsTheHost() {
        proposed(BRANCH, "vnet:%priv", c -> c.unset(ConnectionOption.TUNNEL));
        assertThat(carried())
                .as(trace())
                .containsExactly(Subnet.host(IpAddress.of(OUTSIDE)).toString());
    }
}
