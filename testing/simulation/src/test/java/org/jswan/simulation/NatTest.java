// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.YesNoAuto;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.NatKeepalive;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeRole;
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
    void whoCameFromBehindANatIsRevivedAtItsMapping() {
        SimWorld world = new SimWorld(5);
        world.translate(INSIDE, OUTSIDE);
        Pair pair = Pair.at(world, INSIDE, Pair.EAST, Pair.EAST, "0.0.0.0");
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Pair.tunnel()
                .left(Pair.end("0.0.0.0", "@west", Pair.WEST_CLIENT))
                .set(ConnectionOption.KEEP_UP, true)
                .build())));
        world.run(Duration.ofMillis(10));
        comesUp(pair);
        int mapping = Pair.ike(pair.east).remote().port();
        pair.terminate(pair.west);
        assertThat(world.runUntil(() -> pair.isUp(), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(Pair.ike(pair.east).role()).isEqualTo(IkeRole.INITIATOR);
        assertThat(Pair.ike(pair.east).remote().port()).isEqualTo(mapping);
        // The mapping is gone, and so is the peer: that is tried twice and no more.
        world.pass(datagram -> false);
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteState(3)));
        world.run(Duration.ofMinutes(5));
        assertThat(pair.east.log()).anyMatch(line -> line.contains("starting keying attempt 2 of at most 2"));
        assertThat(pair.east.log()).noneMatch(line -> line.contains("starting keying attempt 3"));
    }

    /** West is behind a NAT. */
    private static Pair behindNat(
            long seed, NatKeepalive.Setting keepalive, UnaryOperator<ConnectionRequest.Builder> both) {
        SimWorld world = new SimWorld(seed);
        world.translate(INSIDE, OUTSIDE);
        Pair pair = Pair.at(
                world, PlutoOptions.defaults().withKeepalive(keepalive), both, INSIDE, Pair.EAST, Pair.EAST, OUTSIDE);
        comesUp(pair);
        return pair;
    }

    /** Who sent keepalives in the next 61 seconds. */
    private static List<String> keepalives(Pair pair) {
        int before = (int) pair.world.datagrams();
        pair.world.run(Duration.ofSeconds(61));
        List<Datagram> all = pair.world.network().captured();
        return all.subList(before, all.size()).stream()
                .filter(datagram -> datagram.octets().equals(SimNetwork.KEEPALIVE))
                .map(datagram -> datagram.from().address().toString())
                .toList();
    }

    @Test
    void whoIsBehindTheNatKeepsItsMappingOpen() {
        Pair pair = behindNat(6, NatKeepalive.Setting.DEFAULT, UnaryOperator.identity());
        assertThat(keepalives(pair)).as(pair.trace()).containsExactly(OUTSIDE, OUTSIDE, OUTSIDE);
        pair.terminate(pair.west);
        assertThat(keepalives(pair)).isEmpty();
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void keepalivesGoOutAsOftenAsAskedFor() {
        Pair pair = behindNat(7, new NatKeepalive.Setting(Duration.ofSeconds(7), false), UnaryOperator.identity());
        assertThat(keepalives(pair)).hasSize(8);
    }

    @Test
    void aConnectionMayDoWithoutKeepalives() {
        Pair pair = behindNat(8, NatKeepalive.Setting.DEFAULT, both -> both.set(ConnectionOption.NAT_KEEPALIVE, false));
        assertThat(keepalives(pair)).isEmpty();
    }

    @Test
    void forcedKeepalivesGoBothWays() {
        Pair pair = behindNat(9, new NatKeepalive.Setting(Duration.ofSeconds(30), true), UnaryOperator.identity());
        assertThat(keepalives(pair)).containsExactlyInAnyOrder(OUTSIDE, OUTSIDE, Pair.EAST, Pair.EAST);
    }

    @Test
    void encapsulationIsForcedOnBothByEither() {
        for (boolean west : new boolean[] {true, false}) {
            UnaryOperator<ConnectionRequest.Builder> forced =
                    builder -> builder.set(ConnectionOption.ENCAPSULATION, YesNoAuto.YES);
            UnaryOperator<ConnectionRequest.Builder> plain = UnaryOperator.identity();
            Pair pair = Pair.listening(10, Pair.SECRET, Pair.SECRET, west ? forced : plain, west ? plain : forced);
            comesUp(pair);
            assertThat(encapsulations(pair.west)).isEqualTo(ports(4500, 4500));
            assertThat(encapsulations(pair.east)).isEqualTo(ports(4500, 4500));
        }
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
