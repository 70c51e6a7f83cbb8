// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.pluto.PlutoOptions;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.NotifyPayload;
import org.junit.jupiter.api.Test;

/** An end moves to another address, its tunnel with it (RFC 4555). */
class MobikeTest {
    private static final IpAddress HOME = IpAddress.of(Pair.WEST);
    private static final IpAddress AWAY = IpAddress.of("203.0.113.7");

    /** West may roam; east knows it by its identity. */
    private static Pair listening(long seed, boolean western, boolean eastern) {
        return Pair.listening(
                seed, Pair.SECRET, Pair.SECRET, b -> b.set(ConnectionOption.MOBIKE, western), roaming(eastern));
    }

    private static UnaryOperator<ConnectionRequest.Builder> roaming(boolean mobike) {
        EndRequest anywhere = EndRequest.builder()
                .set(EndOption.HOST, HostSpec.any())
                .set(EndOption.ID, "@west")
                .set(EndOption.AUTH, EndAuthentication.PSK)
                .set(EndOption.CLIENT, Subnet.of(Pair.WEST_CLIENT))
                .build();
        return b -> b.left(anywhere).set(ConnectionOption.MOBIKE, mobike);
    }

    private static Pair up(long seed, boolean western, boolean eastern) {
        Pair pair = listening(seed, western, eastern);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofSeconds(1));
        return pair;
    }

    private static void assertBetween(Pair pair, IpAddress west) {
        IpAddress east = IpAddress.of(Pair.EAST);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).as(pair.trace()).hasSize(2);
            for (KernelSa sa : host.kernel().installed()) {
                boolean fromWest = sa.inbound() == (host == pair.east);
                assertThat(sa.id().source()).isEqualTo(fromWest ? west : east);
                assertThat(sa.id().destination()).isEqualTo(fromWest ? east : west);
            }
            assertThat(host.kernel().policies()).hasSize(3).allSatisfy(policy -> {
                KernelPolicy.Template template = policy.templates().get(0);
                assertThat(List.of(template.source(), template.destination())).containsExactlyInAnyOrder(west, east);
            });
        }
    }

    private static void assertEnds(Pair pair) {
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void scriptsKnowTheGatewayOfTheNewAddress() {
        Pair pair = up(1, true, true);
        IpAddress gateway = IpAddress.of("203.0.113.1");
        pair.west.setGateway(gateway);
        pair.west.renumber(AWAY);
        pair.world.run(Duration.ofSeconds(4));
        assertThat(pair.west.environments()).last().satisfies(environment -> assertThat(environment)
                .containsEntry("PLUTO_VERB", "route-client")
                .containsEntry("PLUTO_ME", AWAY.toString())
                .containsEntry("PLUTO_NEXT_HOP", gateway.toString()));
    }

    @Test
    void aNewAddressTakesTheTunnelAlong() {
        Pair pair = up(1, true, true);
        assertBetween(pair, HOME);
        pair.west.scripts().clear();
        pair.west.renumber();
        // The route to the network went with the address, while updown still runs.
        pair.west.pluto().networkEvents().changed();
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.scripts()).containsExactly("down-client t", "unroute-client t");
        assertThat(pair.trace()).doesNotContain("pending previous");
        pair.west.renumber(AWAY);
        long before = pair.world.datagrams();
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.world.datagrams()).as("the route may come later").isEqualTo(before);
        pair.world.run(Duration.ofSeconds(2));
        assertBetween(pair, AWAY);
        assertThat(pair.west.scripts())
                .containsExactly("down-client t", "unroute-client t", "up-client t", "route-client t");
        assertThat(pair.west.log())
                .containsSubsequence(
                        "adding UDP interface eth0 203.0.113.7:500",
                        "\"t\" #1:  success MOBIKE update local address 192.0.2.1:500 -> 203.0.113.7:500",
                        "\"t\" #1: MOBIKE response: updating IPsec SA");
        assertThat(pair.east.log())
                .containsSubsequence(
                        "\"t\"[1] 192.0.2.1 #1:  success MOBIKE update remote address 192.0.2.1:500 -> 203.0.113.7:500",
                        "\"t\"[1] 203.0.113.7 #1: MOBIKE request: updating IPsec SA by request");
        assertEnds(pair);
    }

    @Test
    void anotherAddressThatIsThereAlreadyIsTakenAtOnce() {
        Pair pair = up(2, true, true);
        pair.west.renumber(HOME, AWAY);
        pair.world.run(Duration.ofSeconds(10));
        assertBetween(pair, HOME);
        pair.west.renumber(AWAY);
        pair.world.run(Duration.ofSeconds(1));
        assertBetween(pair, AWAY);
        assertEnds(pair);
    }

    @Test
    void theSameAddressAgainIsToldToo() {
        Pair pair = up(3, true, true);
        pair.west.renumber();
        pair.world.run(Duration.ofSeconds(5));
        pair.west.renumber(HOME);
        pair.world.run(Duration.ofSeconds(5));
        assertBetween(pair, HOME);
        assertThat(pair.east.log())
                .anyMatch(line ->
                        line.endsWith("MOBIKE success no change to kernel SA same IP address and port 192.0.2.1:500"));
        assertThat(pair.west.scripts()).endsWith("up-client t", "route-client t");
        assertEnds(pair);
    }

    @Test
    void aMessageThatIsLostIsRepeatedFromTheNewAddress() {
        Pair pair = up(4, true, true);
        pair.world.pass(datagram -> false);
        pair.west.renumber(AWAY);
        pair.world.run(Duration.ofSeconds(3));
        pair.world.pass(datagram -> true);
        pair.world.run(Duration.ofSeconds(10));
        assertBetween(pair, AWAY);
        assertEnds(pair);
    }

    @Test
    void aSecondMoveBeforeTheFirstIsAnswered() {
        Pair pair = up(5, true, true);
        pair.world.pass(datagram -> false);
        pair.west.renumber(AWAY);
        pair.world.run(Duration.ofSeconds(1));
        IpAddress farther = IpAddress.of("203.0.113.8");
        pair.west.renumber(farther);
        pair.world.run(Duration.ofSeconds(1));
        pair.world.pass(datagram -> true);
        pair.world.run(Duration.ofSeconds(20));
        assertBetween(pair, farther);
        assertEnds(pair);
    }

    @Test
    void movesAgainAfterTheIkeSaWasReplaced() {
        Pair pair = up(6, true, true);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("t")));
        pair.world.run(Duration.ofSeconds(5));
        pair.west.renumber(AWAY);
        pair.world.run(Duration.ofSeconds(5));
        assertBetween(pair, AWAY);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        pair.world.run(Duration.ofSeconds(5));
        assertBetween(pair, AWAY);
        assertEnds(pair);
    }

    @Test
    void withoutConsentOfBothNothingMoves() {
        for (boolean western : new boolean[] {true, false}) {
            Pair pair = up(7, western, !western);
            pair.west.renumber(AWAY);
            pair.world.run(Duration.ofSeconds(5));
            assertBetween(pair, HOME);
        }
    }

    @Test
    void aPeerWhoseAddressIsConfiguredMayNotMove() {
        Pair pair = Pair.listening(8, both -> both.set(ConnectionOption.MOBIKE, true));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.east.log())
                .anyMatch(line -> line.endsWith(" not responding with v2N_MOBIKE_SUPPORTED, that end is not %any"));
        assertThat(Pair.ike(pair.west).mobility()).isEmpty();
    }

    @Test
    void aPathThatIsTriedIsAnsweredAndNothingMoves() {
        Pair pair = up(9, true, true);
        Bytes cookie = Bytes.of(1, 2, 3, 4, 5, 6, 7, 8);
        Bytes hash = Bytes.wrap(new byte[20]);
        Datagram answer = pair.ask(
                pair.west,
                List.of(
                        NotifyPayload.of(NotifyType.NAT_DETECTION_SOURCE_IP, hash),
                        NotifyPayload.of(NotifyType.NAT_DETECTION_DESTINATION_IP, hash),
                        NotifyPayload.of(NotifyType.COOKIE2, cookie)));
        // Two hashes of 20 octets and the cookie, each in a notify with 8 octets before it.
        assertThat(answer.octets().length()).isGreaterThan(28 + 28 + 28 + 16);
        assertBetween(pair, HOME);
    }

    private static final String BEHIND_ONE = "10.0.0.1";
    private static final IpAddress BEHIND_OTHER = IpAddress.of("10.0.1.1");
    private static final IpAddress ONE = IpAddress.of("203.0.113.1");
    private static final IpAddress OTHER = IpAddress.of("203.0.113.2");

    /** West begins at an address; what comes from behind one of two routers comes by their addresses outside. */
    private static Pair upFrom(String home) {
        SimWorld world = new SimWorld(11);
        world.translate(BEHIND_ONE, ONE.toString());
        world.translate(BEHIND_OTHER.toString(), OTHER.toString());
        Pair pair = Pair.at(
                world,
                PlutoOptions.defaults(),
                both -> both.set(ConnectionOption.MOBIKE, true),
                home,
                Pair.EAST,
                Pair.EAST,
                "0.0.0.0");
        pair.initiate(pair.west);
        assertThat(world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        world.run(Duration.ofSeconds(1));
        return pair;
    }

    /** Moves west; east then has its SAs between itself and {@code seen}, encapsulated or not. */
    private static void assertMoved(Pair pair, IpAddress to, IpAddress seen, boolean encapsulated) {
        pair.west.renumber(to);
        pair.world.run(Duration.ofSeconds(5));
        Endpoint peer = Pair.ike(pair.east).remote();
        assertThat(peer.address()).as(pair.trace()).isEqualTo(seen);
        for (KernelSa sa : pair.east.kernel().installed()) {
            assertThat(sa.inbound() ? sa.id().source() : sa.id().destination()).isEqualTo(seen);
            assertThat(sa.encapsulation())
                    .isEqualTo(
                            !encapsulated
                                    ? Optional.empty()
                                    : Optional.of(
                                            sa.inbound()
                                                    ? new Encapsulation(peer.port(), 4500)
                                                    : new Encapsulation(4500, peer.port())));
        }
        assertEnds(pair);
    }

    @Test
    void fromBehindOneNatToBehindAnother() {
        assertMoved(upFrom(BEHIND_ONE), BEHIND_OTHER, OTHER, true);
    }

    /** As libreswan: what was agreed to be encapsulated stays so. */
    @Test
    void fromBehindANatIntoTheOpen() {
        assertMoved(upFrom(BEHIND_ONE), AWAY, AWAY, true);
    }

    /** As libreswan, which does not heed what RFC 4555 §3.8 has it find out: IKE goes on, ESP stays bare. */
    @Test
    void fromTheOpenToBehindANat() {
        assertMoved(upFrom(Pair.WEST), BEHIND_OTHER, OTHER, false);
    }

    @Test
    void anSaThatEndsWhileItHasNoAddressLeavesNothing() {
        Pair pair = up(10, true, true);
        pair.west.renumber();
        pair.world.run(Duration.ofSeconds(1));
        assertEnds(pair);
    }

    /** Whoever cannot tell the peer within the time for that begins anew where the connection says it is. */
    @Test
    void inAnyWeather() {
        int moved = 0;
        for (int seed = 0; seed < 200; seed++) {
            Pair pair = up(seed, true, true);
            pair.world.weather(Weather.FOUL);
            pair.west.renumber(AWAY);
            pair.world.run(Duration.ofMinutes(2));
            assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofMinutes(30)))
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
            boolean isAway = pair.west.kernel().installed().stream()
                    .allMatch(sa -> sa.id().source().equals(AWAY)
                            || sa.id().destination().equals(AWAY));
            boolean gaveUp = pair.west.log().stream().anyMatch(line -> line.contains("timeout exceeded"));
            assertThat(isAway || gaveUp)
                    .as("seed " + seed + "\n" + pair.trace())
                    .isTrue();
            moved += isAway ? 1 : 0;
            pair.clear();
        }
        assertThat(moved).isGreaterThan(180);
    }
}
