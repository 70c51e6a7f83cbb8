// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code whack --initiate}: what it needs, and whom it calls. */
class InitiateCommandTest extends RoadScene {
    private static final PlutoOptions OPTIONS = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);

    InitiateCommandTest() {
        super(OPTIONS);
    }

    private SimHost deaf(String name, String address) {
        return new SimHost(name, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), OPTIONS);
    }

    @ParameterizedTest
    @EnumSource
    void whoDoesNotListenBeginsNothing(IkeVersion version) {
        SimHost west = deaf("west", Pair.WEST);
        add(west, version == IkeVersion.IKEV1 ? Ikev1Pair.tunnel("t") : Pair.tunnel());
        SimSession session = Pair.initiate(west, "t");
        assertThat(session.lines()).containsExactly("024 need --listen before --initiate");
        assertThat(session.isFinished()).isTrue();
        world.run(Duration.ofMinutes(1));
        assertThat(world.datagrams()).as(trace()).isZero();
        listening(west);
        Pair.initiate(west, "t");
        world.run(Duration.ofSeconds(1));
        assertThat(world.datagrams()).as(trace()).isPositive();
    }

    private ConnectionRequest.Builder connection(String name, EndRequest.Builder peer) {
        return Ikev1Pair.ikev1(bare(name))
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .left(Ikev1Pair.end(GATEWAY, "@gateway", "10.0.0.0/24").build())
                .right(peer.set(EndOption.ID, "@one").build());
    }

    private static EndRequest.Builder at(HostSpec host) {
        return EndRequest.builder().set(EndOption.HOST, host);
    }

    /** By IKEv1; InstanceTest has it by IKEv2. */
    @Test
    void aTemplateIsInitiatedTowardsTheAddressGiven() {
        add(gateway, connection("any", at(HostSpec.any())));
        SimHost road = listening(deaf("road", "192.0.2.1"));
        add(road, connection("road", at(HostSpec.of(IpAddress.of("192.0.2.1")))));
        SimSession session = gateway.whack(WhackRequest.of(new WhackCommand.Initiate("any", Optional.of("192.0.2.1"))));
        world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .as(trace())
                .contains("002 \"any\"[1] 192.0.2.1: instantiated connection with remote IP set to 192.0.2.1")
                .anyMatch(line -> line.startsWith("004 \"any\"[1] 192.0.2.1 #2: IPsec SA established tunnel mode"));
        assertThat(session.isFinished()).isTrue();
        assertThat(road.kernel().installed()).hasSize(2);
        SimSession down = gateway.whack(WhackRequest.of(new WhackCommand.Terminate("any")));
        world.run(Duration.ofSeconds(2));
        assertThat(down.lines())
                .as(trace())
                .endsWith("002 \"any\"[1] 192.0.2.1: deleting connection instance with peer 192.0.2.1"
                        + " {isakmp=#0/ipsec=#0}");
        assertThat(instances()).isEmpty();
        SimSession refused = gateway.whack(WhackRequest.of(new WhackCommand.Initiate("any", Optional.empty())));
        assertThat(refused.lines()).anyMatch(line -> line.startsWith("029 \"any\": cannot initiate connection"));
    }
}
