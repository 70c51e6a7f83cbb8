// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimInterfaces.Entry;
import org.junit.jupiter.api.Test;

/** {@code ipsec-interface=}. */
class VirtualInterfaceTest {
    private static UnaryOperator<ConnectionRequest.Builder> on(long number) {
        return request -> request.set(ConnectionOption.IPSEC_INTERFACE, number);
    }

    private static SimHost.SimSession whack(SimHost host, WhackCommand command) {
        return host.whack(WhackRequest.of(command));
    }

    private static Pair up(UnaryOperator<ConnectionRequest.Builder> western) {
        Pair pair = Pair.listening(51, Pair.SECRET, Pair.SECRET, western, UnaryOperator.identity());
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        return pair;
    }

    private static SimInterfaces interfaces(SimHost host) {
        return host.kernel().interfaces();
    }

    @Test
    void theInterfaceComesWithTheFirstTunnelAndGoesWithTheConnection() {
        Pair pair = Pair.listening(51, Pair.SECRET, Pair.SECRET, on(3), UnaryOperator.identity());
        assertThat(interfaces(pair.west).made()).isEmpty();
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(interfaces(pair.west).made()).isEqualTo(Map.of("ipsec3", new Entry("eth0", Optional.of(3), true)));
        assertThat(pair.west.kernel().installed())
                .allMatch(sa -> sa.features().interfaceId().equals(Optional.of(3)));
        assertThat(pair.west.kernel().policies()).isNotEmpty().allMatch(policy -> policy.interfaceId()
                .equals(Optional.of(3)));
        assertThat(pair.west.environments()).allSatisfy(environment -> assertThat(environment)
                .containsEntry("PLUTO_VIRT_INTERFACE", "ipsec3")
                .containsEntry("PLUTO_XFRMI_ROUTE", "yes")
                .containsEntry("PLUTO_XFRMI_FWMARK", ""));
        assertThat(whack(pair.west, new WhackCommand.Status()).lines())
                .anyMatch(line -> line.contains("; interface: ipsec3@eth0;"));
        SimHost.SimSession end = whack(pair.west, new WhackCommand.Delete("t", false));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(end.lines()).contains("002 \"t\": delete ipsec-interface=ipsec3 if_id=3 added by pluto");
        assertThat(interfaces(pair.west).made()).isEmpty();
    }

    @Test
    void numberZeroIsAnotherOneForTheKernel() {
        Pair pair = up(on(0));
        assertThat(interfaces(pair.west).made())
                .isEqualTo(Map.of("ipsec0", new Entry("eth0", Optional.of(16_384), true)));
    }

    @Test
    void packetsToThePeerItselfAreMarkedIfTheTunnelTakesThem() {
        Pair pair = up(request -> on(1).apply(request)
                .left(Pair.host(Pair.WEST, "@west").build())
                .right(Pair.host(Pair.EAST, "@east").build()));
        whack(pair.west, new WhackCommand.Route("t"));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.environments()).last().satisfies(environment -> assertThat(environment)
                .containsEntry("PLUTO_XFRMI_FWMARK", "1/0xffffffff"));
    }

    @Test
    void othersInterfacesAreUsedAndKept() {
        Pair pair = Pair.listening(52, Pair.SECRET, Pair.SECRET, on(7), UnaryOperator.identity());
        interfaces(pair.west).put("ipsec7", new Entry("eth0", Optional.of(7), false));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(interfaces(pair.west).made().get("ipsec7").up()).isTrue();
        SimHost.SimSession end = whack(pair.west, new WhackCommand.Delete("t", false));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(end.lines())
                .contains("002 \"t\": cannot delete ipsec-interface=ipsec7 if_id=7, not created by pluto");
        assertThat(interfaces(pair.west).made()).containsOnlyKeys("ipsec7");
    }

    @Test
    void anInterfaceOfAnotherKindStandsInTheWay() {
        Pair pair = Pair.listening(53, Pair.SECRET, Pair.SECRET, on(7), UnaryOperator.identity());
        interfaces(pair.west).put("ipsec7", new Entry("eth0", Optional.of(8), true));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .contains(
                        "003 ERROR: \"t\" #2: device ipsec7 exist and do not match expected type xfrm or xfrm_if_id 7."
                                + " check 'ip -d link show dev ipsec7'");
        assertThat(pair.west.kernel().installed()).isEmpty();
    }

    @Test
    void aKernelWithoutThemRefusesTheConnection() {
        SimWorld world = new SimWorld(54);
        SimHost host = world.host("west", Pair.WEST, Pair.secrets(Pair.SECRET));
        interfaces(host).setSupported(false);
        SimHost.SimSession first =
                whack(host, new WhackCommand.Add(on(1).apply(Pair.tunnel()).build()));
        SimHost.SimSession second =
                whack(host, new WhackCommand.Add(on(2).apply(Pair.tunnel("u")).build()));
        SimHost.SimSession third =
                whack(host, new WhackCommand.Add(on(0).apply(Pair.tunnel("v")).build()));
        world.run(Duration.ofSeconds(1));
        assertThat(third.lines()).singleElement().asString().contains("ipsec-interface=0 not supported");
        assertThat(first.lines())
                .containsExactly(
                        "003 ERROR: \"t\": Operation not supported",
                        "036 \"t\": failed to add connection: ipsec-interface=1 not supported. xfrmi is not supported");
        assertThat(second.lines())
                .containsExactly("036 \"u\": failed to add connection: ipsec-interface=2 not supported. may be missing"
                        + " CONFIG_XFRM_INTERFACE support in kernel");
    }
}
