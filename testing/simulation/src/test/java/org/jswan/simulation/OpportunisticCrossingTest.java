// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.Subnet;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimKernel.Fate;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** Both ends of opportunistic encryption begin. */
class OpportunisticCrossingTest {
    private static final class Scene extends OpportunisticScene {
        private final SimHost peer = world.host("peer", PEER, Pair.secrets(Pair.SECRET));

        Scene(int seed, String hosts, String peers) {
            super(seed);
            route(peer, group("private", PEER, Shunt.HOLD, Shunt.DROP), peers);
            route(host, group("private", HOST, Shunt.HOLD, Shunt.DROP), hosts);
        }

        /** The peer so many milliseconds later. */
        void begin(int milliseconds) {
            assertThat(ping(PEER)).isEqualTo(Fate.HELD);
            world.run(Duration.ofMillis(milliseconds));
            assertThat(pingFromPeer()).isIn(Fate.HELD, Fate.PROTECTED);
        }

        Fate pingFromPeer() {
            return peer.kernel().packet(end(PEER, 8), end(HOST, 0));
        }

        void assertProtected() {
            assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.PROTECTED);
            assertThat(pingFromPeer()).as(trace()).isEqualTo(Fate.PROTECTED);
            assertThat(sent(host, PEER)).as(trace()).isSubsetOf(taken(peer));
            assertThat(sent(peer, HOST)).as(trace()).isSubsetOf(taken(host));
            assertThat(shunts()).isEmpty();
            assertThat(instances()).as(trace()).allMatch(c -> c.routing() == RoutingState.ROUTED_TUNNEL);
        }
    }

    /** Neither end takes the other's negotiation for a reason to give up its own: the other might do the same. */
    @Test
    void bothBeginAtOnce() {
        for (String[] members : List.of(ALONE, TOGETHER)) {
            for (int seed = 1; seed <= 20; seed++) {
                Scene scene = new Scene(seed, members[0], members[1]);
                scene.begin(seed);
                scene.world.run(Duration.ofSeconds(90));
                scene.assertProtected();
            }
        }
    }

    /** The kernel has one policy for both pairs of SAs: it does not go with either. */
    @Test
    void eitherPairMayEnd() {
        for (String[] members : List.of(ALONE, TOGETHER)) {
            for (int which = 0; which < 2; which++) {
                Scene scene = crossed(members);
                List<IkeSa> all = scene.host.ikeSas();
                assertThat(all).hasSize(2);
                scene.host.whack(WhackRequest.of(
                        new WhackCommand.DeleteState(all.get(which).serial().value())));
                scene.world.run(Duration.ofSeconds(2));
                assertThat(scene.host.ikeSas()).hasSize(1);
                scene.assertProtected();
                assertThat(directions(scene.host)).containsExactlyInAnyOrder(Direction.values());
                assertThat(directions(scene.peer)).containsExactlyInAnyOrder(Direction.values());
            }
        }
    }

    /** What became of our own negotiation does not matter where the peer's made an SA. */
    @Test
    void oursMayFailWhereThePeersSucceeds() {
        for (String[] members : List.of(ALONE, TOGETHER)) {
            Scene scene = new Scene(1, members[0], members[1]);
            scene.begin(1);
            Bytes own = initiated(scene.host);
            // The answer to our IKE_AUTH is lost, however often it is sent.
            scene.world.pass(
                    octets -> !(octets.slice(0, 8).equals(own) && octets.get(18) == 35 && octets.get(19) == 0x20));
            scene.world.run(Duration.ofSeconds(90));
            assertThat(scene.instances()).as(scene.trace()).hasSize(1);
            assertThat(scene.ping(OpportunisticScene.PEER)).as(scene.trace()).isEqualTo(Fate.PROTECTED);
            assertThat(sent(scene.host, OpportunisticScene.PEER)).isSubsetOf(taken(scene.peer));
            assertThat(scene.shunts()).isEmpty();
            assertThat(directions(scene.host)).containsExactlyInAnyOrder(Direction.values());
            scene.world.run(Duration.ofSeconds(OpportunisticScene.LIFETIME + 40));
            assertThat(directions(scene.host)).containsExactlyInAnyOrder(Direction.values());
        }
    }

    /** Whoever sends a first message in the peer's name changes nothing of what protects packets to it. */
    @Test
    void aForgedFirstMessageTakesNothingAway() {
        for (String[] members : List.of(ALONE, TOGETHER)) {
            Scene scene = new Scene(1, members[0], members[1]);
            assertThat(scene.ping(OpportunisticScene.PEER)).isEqualTo(Fate.HELD);
            scene.world.run(Duration.ofSeconds(2));
            Datagram first = scene.world.network().captured().get(0);
            scene.world.network().filter(datagram -> datagram.octets().get(18) != 34);
            scene.world.inject(
                    first.to(),
                    first.from(),
                    new SeededRandom(9).bytes(8).plus(first.octets().from(8)));
            scene.world.run(Duration.ofSeconds(1));
            assertThat(scene.instances()).as(scene.trace()).hasSize(2);
            scene.world.run(Duration.ofMinutes(5));
            assertThat(scene.instances()).as(scene.trace()).hasSize(1);
            scene.assertProtected();
            assertThat(directions(scene.host)).containsExactlyInAnyOrder(Direction.values());
        }
    }

    private static final String[] ALONE = {OpportunisticScene.PEER + "\n", OpportunisticScene.HOST + "\n"};
    private static final String[] TOGETHER = {"192.0.2.0/24\n", "192.0.2.0/24\n"};

    private static Scene crossed(String[] members) {
        Scene scene = new Scene(1, members[0], members[1]);
        scene.begin(1);
        scene.world.run(Duration.ofSeconds(10));
        scene.assertProtected();
        return scene;
    }

    private static Bytes initiated(SimHost by) {
        return by.ikeSas().stream()
                .filter(ike -> ike.role() == IkeRole.INITIATOR)
                .map(ike -> ike.initiatorSpi().octets())
                .findFirst()
                .orElseThrow();
    }

    /** Those of the policies that need an SA. */
    private static List<Direction> directions(SimHost host) {
        return host.kernel().policies().stream()
                .filter(p -> p.templates().stream().anyMatch(t -> t.requestId() != 0))
                .map(KernelPolicy::direction)
                .toList();
    }

    /** The SPIs by which packets to that host leave. */
    private static List<Integer> sent(SimHost from, String to) {
        List<Integer> requestIds = from.kernel().policies().stream()
                .filter(p -> p.direction() == Direction.OUT
                        && p.destination().subnet().equals(Subnet.of(to + "/32")))
                .flatMap(p -> p.templates().stream())
                .map(Template::requestId)
                .toList();
        List<Integer> spis = from.kernel().installed().stream()
                .filter(sa -> !sa.inbound() && requestIds.contains(sa.requestId()))
                .map(sa -> sa.id().spi())
                .toList();
        assertThat(spis).isNotEmpty();
        return spis;
    }

    /** The SPIs of packets that the policy lets in. */
    private static List<Integer> taken(SimHost by) {
        List<Integer> requestIds = by.kernel().policies().stream()
                .filter(p -> p.direction() == Direction.IN)
                .flatMap(p -> p.templates().stream())
                .map(Template::requestId)
                .toList();
        return by.kernel().installed().stream()
                .filter(sa -> sa.inbound() && requestIds.contains(sa.requestId()))
                .map(sa -> sa.id().spi())
                .toList();
    }
}
