// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Subnet;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.simulation.SimKernel.Fate;
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
        for (boolean alone : List.of(false, true)) {
            for (int seed = 1; seed <= 20; seed++) {
                Scene scene = alone
                        ? new Scene(seed, OpportunisticScene.PEER + "\n", OpportunisticScene.HOST + "\n")
                        : new Scene(seed, "192.0.2.0/24\n", "192.0.2.0/24\n");
                assertThat(scene.ping(OpportunisticScene.PEER)).isEqualTo(Fate.HELD);
                scene.world.run(Duration.ofMillis(seed));
                assertThat(scene.pingFromPeer()).isIn(Fate.HELD, Fate.PROTECTED);
                scene.world.run(Duration.ofSeconds(90));
                scene.assertProtected();
            }
        }
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
