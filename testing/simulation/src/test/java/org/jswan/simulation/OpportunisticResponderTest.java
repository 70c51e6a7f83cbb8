// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** The responder's side of opportunistic encryption: peers that nobody knows, and that prove nothing. */
class OpportunisticResponderTest {
    private static EndRequest.Builder nobody(HostSpec host) {
        return RoadScene.end(host).set(EndOption.AUTH, EndAuthentication.NULL).set(EndOption.ID, "%null");
    }

    private static final class Scene extends RoadScene {
        Scene(PlutoOptions options) {
            super(options);
            add(
                    gateway,
                    bare("private")
                            .left(nobody(HostSpec.of(IpAddress.of(GATEWAY))).build())
                            .right(nobody(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC))
                                    .build()));
        }

        SimHost road(String address) {
            SimHost road = listening("road" + address, address);
            add(road, roadConnection(address));
            return road;
        }

        static ConnectionRequest.Builder roadConnection(String address) {
            return bare("road")
                    .left(nobody(HostSpec.of(IpAddress.of(GATEWAY))).build())
                    .right(nobody(HostSpec.of(IpAddress.of(address))).build());
        }
    }

    private final Scene scene = new Scene(PlutoOptions.defaults());
    private final SimHost gateway = scene.gateway;

    @Test
    void whoeverComesGetsAnInstanceOfItsOwn() {
        SimSession one = scene.up(scene.road("192.0.2.1"));
        scene.up(scene.road("192.0.2.2"));
        assertThat(one.lines()).as(scene.trace()).anyMatch(line -> line.contains("initiator established Child SA"));
        List<Connection> instances = scene.instances();
        assertThat(instances)
                .extracting(Connection::toString)
                .containsExactly("\"private\"[1] ...192.0.2.1", "\"private\"[2] ...192.0.2.2");
        assertThat(instances)
                .extracting(c -> c.remote().client().orElseThrow().subnet())
                .containsExactly(Subnet.of("192.0.2.1/32"), Subnet.of("192.0.2.2/32"));
    }

    /** As libreswan: what is up is said, not the way there. */
    @Test
    void onlyWhatIsUpIsSaid() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        assertThat(gateway.log())
                .filteredOn(line -> line.contains("#"))
                .map(line -> line.replaceFirst("using authby.*", "using").replaceFirst("IPsec tunnel.*", "IPsec"))
                .containsExactly(
                        "\"private\"[1] ...192.0.2.1 #1: processing decrypted IKE_AUTH request:"
                                + " SK{IDi,IDr,AUTH,SA,TSi,TSr}",
                        "\"private\"[1] ...192.0.2.1 #1: responder established IKE SA; authenticated peer using",
                        "\"private\"[1] ...192.0.2.1 #2: responder established Child SA using #1; IPsec");
    }

    @Test
    void whoGoesLeavesNothing() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        scene.down(road);
        assertThat(scene.instances()).as(scene.trace()).isEmpty();
        assertThat(gateway.log()).noneMatch(line -> line.contains("deleting connection instance"));
        assertThat(gateway.kernel().policies()).isEmpty();
        assertThat(gateway.kernel().spis()).isZero();
    }

    /** A peer that was forgotten at its end begins anew; what it had goes without a word to it. */
    @Test
    void aPeerThatStartsAnewReplacesItself() {
        SimHost road = scene.road("192.0.2.1");
        scene.up(road);
        SimHost again = RoadScene.listening(new SimHost(
                "again",
                scene.world,
                List.of(IpAddress.of("192.0.2.1")),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults()));
        scene.add(again, Scene.roadConnection("192.0.2.1"));
        scene.up(again);
        assertThat(scene.instances())
                .as(scene.trace())
                .extracting(Connection::toString)
                .containsExactly("\"private\"[2] ...192.0.2.1");
        assertThat(gateway.ikeSas()).hasSize(1);
        assertThat(gateway.kernel().policies()).hasSize(3);
    }

    @Test
    void whoSaysThatItIsOpportunisticMayBeIgnored() {
        Scene strict = new Scene(PlutoOptions.defaults()
                .withHalfOpen(new HalfOpenLimit.Setting(HalfOpenLimit.Mode.AUTO, 25_000, 50_000, true)));
        SimHost road = strict.road("192.0.2.1");
        strict.up(road);
        assertThat(strict.gateway.pluto().saCount()).isZero();
        assertThat(strict.instances()).isEmpty();
        assertThat(strict.world.network().captured())
                .allMatch(datagram -> datagram.from().address().equals(IpAddress.of("192.0.2.1")));
    }

    /** Strangers that say they are somebody, and never prove it, leave nothing. */
    @Test
    void strangersThatNeverComeBackAreForgotten() {
        SimHost road = scene.road("192.0.2.1");
        road.whack(WhackRequest.of(new WhackCommand.Listen()));
        scene.world.network().filter(datagram -> !datagram.to().address().equals(IpAddress.of("192.0.2.1")));
        Pair.initiate(road, "road");
        scene.world.run(Duration.ofSeconds(2));
        assertThat(scene.instances()).hasSize(1);
        scene.world.run(Duration.ofMinutes(10));
        road.whack(WhackRequest.of(new WhackCommand.Delete("road", false)));
        scene.world.run(Duration.ofMinutes(10));
        assertThat(scene.instances()).as(scene.trace()).isEmpty();
        assertThat(gateway.pluto().saCount()).isZero();
    }
}
