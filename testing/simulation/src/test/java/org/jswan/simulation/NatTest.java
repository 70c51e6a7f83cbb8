// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** A NAT between the ends: IKE goes to port 4500, ESP into UDP (RFC 7296 §2.23). */
class NatTest {
    private static final String INSIDE = "10.0.0.1";
    private static final String OUTSIDE = "203.0.113.1";
    private static final String OTHER_INSIDE = "10.9.9.9";
    private static final String OTHER_OUTSIDE = "203.0.113.9";

    private static void comesUp(Pair pair) {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        // From the second exchange on nothing goes to port 500.
        List<Datagram> all = pair.world.network().captured();
        assertThat(all.subList(2, all.size()))
                .isNotEmpty()
                .allMatch(datagram ->
                        datagram.from().port() != 500 && datagram.to().port() != 500);
    }

    private static void ends(Pair pair) {
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    /** The encapsulation of the SA that goes out, then of the one that comes in. */
    private static List<Optional<Encapsulation>> encapsulations(SimHost host) {
        return host.kernel().installed().stream()
                .sorted((a, b) -> Boolean.compare(a.inbound(), b.inbound()))
                .map(KernelSa::encapsulation)
                .toList();
    }

    private static List<Optional<Encapsulation>> ports(int us, int peer) {
        return List.of(Optional.of(new Encapsulation(us, peer)), Optional.of(new Encapsulation(peer, us)));
    }

    @Test
    void withoutNatNothingIsEncapsulated() {
        Pair pair = Pair.up(1);
        assertThat(encapsulations(pair.west)).containsOnly(Optional.empty());
        assertThat(encapsulations(pair.east)).containsOnly(Optional.empty());
    }

    @Test
    void initiatorBehindNat() {
        SimWorld world = new SimWorld(2);
        world.translate(INSIDE, OUTSIDE);
        Pair pair = Pair.at(world, INSIDE, Pair.EAST, Pair.EAST, OUTSIDE);
        comesUp(pair);
        int seen = world.network().captured().get(2).from().port();
        assertThat(seen).isGreaterThanOrEqualTo(20_000);
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, seen));
        ends(pair);
    }

    @Test
    void responderBehindNat() {
        SimWorld world = new SimWorld(3);
        world.translate(INSIDE, OUTSIDE).forward(500).forward(4500);
        Pair pair = Pair.at(world, Pair.WEST, OUTSIDE, INSIDE, Pair.WEST);
        comesUp(pair);
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, 4500));
        ends(pair);
    }

    @Test
    void bothBehindNats() {
        SimWorld world = new SimWorld(4);
        world.translate(INSIDE, OUTSIDE);
        world.translate(OTHER_INSIDE, OTHER_OUTSIDE).forward(500).forward(4500);
        Pair pair = Pair.at(world, INSIDE, OTHER_OUTSIDE, OTHER_INSIDE, OUTSIDE);
        comesUp(pair);
        int seen = world.network().captured().get(2).from().port();
        assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
        assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, seen));
        ends(pair);
    }

    @Test
    void tunnelComesUpThroughNatInAnyWeather() {
        for (int seed = 0; seed < 50; seed++) {
            SimWorld world = new SimWorld(seed);
            world.translate(INSIDE, OUTSIDE);
            Pair pair = Pair.at(world, INSIDE, Pair.EAST, Pair.EAST, OUTSIDE);
            world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            assertThat(world.runUntil(pair::isCarrying, Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
        }
    }
}
