// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.EndOption;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimKernel.Fate;
import org.junit.jupiter.api.Test;

/** Daemons whose connections want one route. */
class RouteConflictTest {
    private static final class Roads extends RoadScene {
        Roads() {
            add(
                    gateway,
                    bare("roads")
                            .left(gatewayEnd("10.1.0.0/24").build())
                            .right(end(HostSpec.any())
                                    .set(EndOption.CLIENT, Subnet.of("10.2.0.0/24"))
                                    .build()));
        }

        SimHost road(String address) {
            SimHost road = listening("road" + address, address);
            add(
                    road,
                    bare("road")
                            .left(gatewayEnd("10.1.0.0/24").build())
                            .right(end(HostSpec.of(IpAddress.of(address)))
                                    .set(EndOption.CLIENT, Subnet.of("10.2.0.0/24"))
                                    .build()));
            return road;
        }
    }

    /** As libreswan: what an instance of the template has, another does not get by another next hop, until that goes. */
    @Test
    void oneNetworkIsBehindOneRoadWarriorOnly() {
        Roads scene = new Roads();
        SimHost first = scene.road("192.0.2.1");
        SimHost second = scene.road("192.0.2.2");
        scene.up(first);
        SimSession refused = scene.up(second);
        assertThat(scene.gateway.log())
                .as(scene.trace())
                .anyMatch(line -> line.endsWith("cannot route -- route already in use for \"roads\"[1] 192.0.2.1"));
        assertThat(refused.lines()).noneMatch(line -> line.contains("established Child SA"));
        assertThat(first.kernel().installed()).hasSize(2);
        assertThat(scene.gateway.kernel().installed()).hasSize(2);
        scene.down(first);
        second.whack(WhackRequest.of(new WhackCommand.Terminate("road")));
        scene.world.run(Duration.ofSeconds(1));
        assertThat(scene.up(second).lines()).as(scene.trace()).anyMatch(line -> line.contains("established Child SA"));
        assertThat(scene.instances()).hasSize(1);
        assertThat(scene.gateway.kernel().policies()).hasSize(3);
    }

    private static final class Stolen extends OpportunisticScene {
        Stolen() {
            super(3);
            peer(PEER);
            host.whack(WhackRequest.of(new WhackCommand.Listen()));
            host.whack(WhackRequest.of(new WhackCommand.Add(RoadScene.bare("admin")
                    .left(RoadScene.end(HostSpec.of(IpAddress.of(HOST)))
                            .set(EndOption.CLIENT, Subnet.of("10.1.0.0/24"))
                            .build())
                    .right(RoadScene.end(HostSpec.of(IpAddress.of("192.0.2.50")))
                            .set(EndOption.CLIENT, Subnet.of(PEER + "/32"))
                            .build())
                    .build())));
            host.whack(WhackRequest.of(new WhackCommand.Route("admin")));
            world.run(Duration.ofSeconds(1));
        }

        Connection admin() {
            return host.pluto().connections().findConfigured("admin").orElseThrow();
        }

        Fate behind() {
            return host.kernel()
                    .packet(new Selector(Subnet.of("10.1.0.5/32"), 1, 8), new Selector(Subnet.of(PEER + "/32"), 1, 0));
        }
    }

    /** As libreswan: packets of who lost the route are held, and bring nothing about any more. */
    @Test
    void opportunisticEncryptionTakesARouteThatNobodyUses() {
        Stolen scene = new Stolen();
        scene.route(
                scene.host,
                OpportunisticScene.group("private", OpportunisticScene.HOST, Shunt.HOLD, Shunt.DROP),
                OpportunisticScene.PEER + "\n");
        assertThat(scene.host.log())
                .as(scene.trace())
                .contains("\"private#192.0.2.1/32\": cannot route -- route already in use for \"admin\""
                        + " - but allowing anyway");
        List<String> scripts = scene.host.scripts();
        assertThat(scripts.subList(scripts.size() - 2, scripts.size()))
                .containsExactly("route-host private#192.0.2.1/32", "unroute-client admin");
        assertThat(scene.admin().routing()).isEqualTo(RoutingState.UNROUTED_HOLD);
        assertThat(scene.ping(OpportunisticScene.PEER)).isEqualTo(Fate.HELD);
        assertThat(scene.behind()).isEqualTo(Fate.HELD);
        scene.world.run(Duration.ofSeconds(3));
        assertThat(scene.ping(OpportunisticScene.PEER)).as(scene.trace()).isEqualTo(Fate.PROTECTED);
        assertThat(scene.behind()).isEqualTo(Fate.HELD);
        assertThat(scene.host.log())
                .contains("cannot initiate on-demand for packet 10.1.0.5:8-ICMP->192.0.2.1:0:"
                        + " no routed template covers this pair");
        scene.host.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        scene.host.whack(WhackRequest.of(new WhackCommand.Route("admin")));
        scene.world.run(Duration.ofSeconds(2));
        assertThat(scene.admin().routing()).as(scene.trace()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        scene.host.whack(WhackRequest.of(new WhackCommand.Delete("admin", false)));
        scene.world.run(Duration.ofSeconds(1));
        assertThat(scene.host.kernel().policies()).as(scene.trace()).isEmpty();
    }
}
