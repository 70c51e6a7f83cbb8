// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.junit.jupiter.api.Test;

/** Clients whose packets are translated to the address that they are given ({@code leftcat=}). */
class ClientTranslationTest extends RoadScene {
    private static final String INSIDE = "10.0.0.1";

    private void pool(String first, String last) {
        add(
                gateway,
                bare("pool")
                        .left(end(HostSpec.of(IpAddress.of(GATEWAY)))
                                .set(EndOption.ID, "@gateway")
                                .build())
                        .right(end(HostSpec.any())
                                .set(EndOption.ADDRESS_POOL, new AddressRange(IpAddress.of(first), IpAddress.of(last)))
                                .build()));
    }

    private SimHost road(String address) {
        SimHost road = listening("road", address);
        add(
                road,
                bare("road")
                        .left(end(HostSpec.of(IpAddress.of(GATEWAY)))
                                .set(EndOption.ID, "@gateway")
                                .build())
                        .right(end(HostSpec.of(IpAddress.of(address)))
                                .set(EndOption.ID, "@road")
                                .set(EndOption.MODECFG_CLIENT)
                                .set(EndOption.CAT)
                                .build()));
        return road;
    }

    private static List<String> outbound(SimHost host) {
        return host.kernel().policies().stream()
                .filter(policy -> policy.direction() == Direction.OUT)
                .map(KernelPolicy::source)
                .map(Object::toString)
                .sorted()
                .toList();
    }

    private static List<Map<String, String>> scripts(SimHost host, String verb) {
        return host.environments().stream()
                .filter(e -> e.get("PLUTO_VERB").equals(verb))
                .toList();
    }

    @Test
    void packetsOfBothAddressesAreProtected() {
        world.translate(INSIDE, "203.0.113.1");
        pool("192.0.3.1", "192.0.3.9");
        SimHost road = road(INSIDE);
        assertThat(up(road).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(outbound(road)).containsExactly("10.0.0.1/32", "192.0.3.1/32");
        assertThat(road.kernel().policies())
                .filteredOn(policy -> policy.direction() != Direction.OUT)
                .extracting(policy -> policy.destination().toString())
                .containsOnly("192.0.3.1/32");
        assertThat(scripts(road, "up-client")).hasSize(1).first().satisfies(e -> {
            assertThat(e).containsEntry("CAT", "YES").containsEntry("PLUTO_MY_CLIENT", "192.0.3.1/32");
            assertThat(e.get("PLUTO_MY_SOURCEIP")).isNull();
        });
        assertThat(scripts(gateway, "up-host")).first().satisfies(e -> assertThat(e)
                .doesNotContainKey("CAT"));
        assertThat(road.whack(WhackRequest.of(new WhackCommand.TrafficStatus(Optional.empty())))
                        .lines())
                .anyMatch(line -> line.endsWith(", lease=192.0.3.1/32"));
    }

    @Test
    void bothPoliciesGo() {
        world.translate(INSIDE, "203.0.113.1");
        pool("192.0.3.1", "192.0.3.9");
        SimHost road = road(INSIDE);
        up(road);
        down(road);
        road.whack(WhackRequest.of(new WhackCommand.Delete("road", false)));
        assertThat(road.kernel().policies()).as(trace()).isEmpty();
    }

    /** As libreswan: there is nothing to translate. */
    @Test
    void whoGetsTheAddressThatItHasIsNotTranslated() {
        world.translate(INSIDE, "203.0.113.1");
        pool(INSIDE, INSIDE);
        SimHost road = road(INSIDE);
        assertThat(up(road).lines()).as(trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        assertThat(outbound(road)).containsExactly("10.0.0.1/32");
        assertThat(scripts(road, "up-host")).first().satisfies(e -> assertThat(e)
                .doesNotContainKey("CAT"));
    }

    @Test
    void whoIsBehindNoNatAsksForNoAddress() {
        pool("192.0.3.1", "192.0.3.9");
        SimHost road = road("192.0.2.1");
        up(road);
        assertThat(road.log()).noneMatch(line -> line.contains("INTERNAL_IP4_ADDRESS"));
    }
}
