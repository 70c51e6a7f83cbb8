// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.RoutingState;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that are alive, and peers that are not: {@code dpddelay=} and {@code dpdaction=}. */
class LivenessTest {
    private static final Duration DELAY = Duration.ofSeconds(5);
    private static final Duration GIVEN_UP = Duration.ofSeconds(70);

    private static UnaryOperator<ConnectionRequest.Builder> watching(DpdAction action, Duration delay) {
        return b -> b.set(ConnectionOption.DPD_DELAY, delay).set(ConnectionOption.DPD_ACTION, action);
    }

    /** West watches east, and east as it is told to. */
    private static Pair up(long seed, DpdAction action, Duration delayOfEast, boolean westInitiates) {
        Pair pair =
                Pair.listening(seed, Pair.SECRET, Pair.SECRET, watching(action, DELAY), watching(action, delayOfEast));
        pair.initiate(westInitiates ? pair.west : pair.east);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    private static Connection connection(SimHost host) {
        return host.pluto().connections().findConfigured("t").orElseThrow();
    }

    private static ChildSa child(SimHost host) {
        return Pair.ike(host).children().iterator().next();
    }

    private static List<String> logSince(SimHost host, String text) {
        List<String> log = host.log();
        for (int at = 0; at < log.size(); at++) {
            if (log.get(at).contains(text)) {
                return log.subList(at, log.size()).stream()
                        .map(line -> line.replaceAll("aged [0-9.]+s", "aged Ns"))
                        .toList();
            }
        }
        return List.of();
    }

    @Test
    void aPeerThatIsAliveIsAskedAndNothingIsSaidOfIt() {
        Pair pair = up(1, DpdAction.RESTART, Duration.ZERO, true);
        long before = pair.world.datagrams();
        int lines = pair.west.log().size() + pair.east.log().size();
        pair.world.run(Duration.ofMinutes(10));
        // 600 s, a request and an answer every 5 s.
        assertThat(pair.world.datagrams() - before).isBetween(190L, 240L);
        assertThat(pair.west.log().size() + pair.east.log().size())
                .as(pair.trace())
                .isEqualTo(lines);
        assertThat(pair.isUp()).isTrue();
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.contains(" LIVENESS in "));
        pair.terminate(pair.west);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void whoIsAskedOftenEnoughNeedNotAsk() {
        Pair pair = up(2, DpdAction.HOLD, Duration.ofSeconds(12), true);
        pair.world.run(Duration.ofMinutes(10));
        assertThat(Pair.ike(pair.east).window().nextRequestId()).isZero();
        assertThat(Pair.ike(pair.west).window().nextRequestId()).isGreaterThan(100);
    }

    @Test
    void trafficShowsThatThePeerIsAlive() {
        Pair pair = up(3, DpdAction.HOLD, Duration.ZERO, true);
        long before = pair.world.datagrams();
        for (int second = 0; second < 100; second++) {
            pair.west.kernel().carry(child(pair.west).inbound().orElseThrow(), 84);
            pair.world.run(Duration.ofSeconds(1));
        }
        assertThat(pair.world.datagrams()).as(pair.trace()).isEqualTo(before);
        pair.world.run(Duration.ofSeconds(20));
        assertThat(pair.world.datagrams()).isGreaterThan(before);
    }

    @Test
    void onlyTheNewestChildSaOfAConnectionIsWatched() {
        Pair pair = up(4, DpdAction.HOLD, Duration.ZERO, true);
        for (boolean ofIke : new boolean[] {false, true, false}) {
            pair.west.whack(WhackRequest.of(ofIke ? new WhackCommand.RekeyIke("t") : new WhackCommand.RekeyIpsec("t")));
            pair.world.run(Duration.ofSeconds(5));
        }
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        long before = pair.world.datagrams();
        pair.world.run(Duration.ofMinutes(10));
        assertThat(pair.world.datagrams() - before).isBetween(190L, 240L);
        pair.world.pass(datagram -> false);
        pair.world.run(GIVEN_UP);
        assertThat(pair.west.log()).anyMatch(line -> line.contains("liveness action - putting connection into hold"));
    }

    @ParameterizedTest
    @CsvSource({"HOLD, putting connection into hold", "CLEAR, clearing connection kind CK_PERMANENT"})
    void whatIsToStayUpIsRevived(DpdAction action, String story) {
        Pair pair = up(5, action, Duration.ZERO, true);
        pair.world.pass(datagram -> false);
        pair.world.run(GIVEN_UP);
        assertThat(logSince(pair.west, "liveness action").subList(0, 7))
                .as(pair.trace())
                .containsExactly(
                        "\"t\" #1: liveness action - " + story,
                        "\"t\" #2: ESP traffic information: in=0B out=0B",
                        "\"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged Ns and NOT sending notification",
                        "\"t\" #1: deleting IKE SA but connection is supposed to remain up; schedule"
                                + " EVENT_REVIVE_CONNS",
                        "\"t\": initiating connection 't' with serial $1 which received a Delete/Notify but must remain"
                                + " up per local policy",
                        "\"t\" #3: initiating IKEv2 connection",
                        "\"t\" #3: sent IKE_SA_INIT request to 192.0.2.2:500");
        assertThat(connection(pair.west).routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(pair.west.kernel().installed()).isEmpty();
        assertComesBack(pair);
    }

    @ParameterizedTest
    @EnumSource(names = {"HOLD", "CLEAR"})
    void whatThePeerBroughtUpIsOver(DpdAction action) {
        Pair pair = up(6, action, Duration.ZERO, false);
        pair.world.pass(datagram -> false);
        pair.world.run(GIVEN_UP);
        assertThat(logSince(pair.west, "liveness action")).as(pair.trace()).hasSize(3);
        assertThat(pair.west.pluto().saCount()).isZero();
        // As libreswan: what was routed for the SA stays, even with clear.
        assertThat(connection(pair.west).routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        pair.world.pass(datagram -> true);
        pair.assertNothingLeftAfterDelete();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartBeginsAnewWhoeverBegan(boolean westInitiates) {
        Pair pair = up(7, DpdAction.RESTART, Duration.ZERO, westInitiates);
        pair.world.pass(datagram -> false);
        pair.world.run(GIVEN_UP);
        assertThat(logSince(pair.west, "liveness action").subList(0, 6))
                .as(pair.trace())
                .containsExactly(
                        "\"t\" #1: liveness action - restarting all connections that share this peer",
                        "\"t\": terminating SAs using this connection",
                        "\"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged Ns and sending notification",
                        "\"t\" #2: ESP traffic information: in=0B out=0B",
                        "\"t\" #3: initiating IKEv2 connection",
                        "\"t\" #3: sent IKE_SA_INIT request to 192.0.2.2:500");
        assertComesBack(pair);
    }

    private static void assertComesBack(Pair pair) {
        pair.world.pass(datagram -> true);
        assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofMinutes(2)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(Duration.ofSeconds(2));
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        pair.assertNothingLeftAfterDelete();
    }

    /** Two connections on one IKE SA; whichever of them it belongs to. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restartConcernsAllConnectionsWithThePeer(boolean olderFirst) {
        Pair pair = Pair.listening(
                8, Pair.SECRET, Pair.SECRET, watching(DpdAction.RESTART, DELAY), UnaryOperator.identity());
        for (SimHost host : List.of(pair.west, pair.east)) {
            ConnectionRequest.Builder tunnel = Pair.tunnel();
            ConnectionRequest other =
                    (host == pair.west ? watching(DpdAction.RESTART, DELAY).apply(tunnel) : tunnel).build();
            host.whack(WhackRequest.of(new WhackCommand.Add(other.toBuilder("u")
                    .right(Pair.end(Pair.EAST, "@east", "203.0.113.0/24"))
                    .build())));
        }
        Pair.initiate(pair.west, olderFirst ? "t" : "u");
        pair.world.run(Duration.ofSeconds(2));
        Pair.initiate(pair.west, olderFirst ? "u" : "t");
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isEqualTo(3);
        pair.world.pass(datagram -> false);
        pair.world.run(GIVEN_UP);
        assertThat(logSince(pair.west, "liveness action"))
                .contains(
                        "\"t\": terminating SAs using this connection", "\"u\": terminating SAs using this connection");
        pair.world.pass(datagram -> true);
        pair.world.run(Duration.ofMinutes(3));
        assertThat(pair.west.ikeSas()).as(pair.trace()).hasSize(1);
        assertThat(Pair.ike(pair.west).isEstablished()).isTrue();
        assertThat(Pair.ike(pair.west).children()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"HOLD", "CLEAR", "RESTART"})
    void comesBackFromFoulWeather(DpdAction action) {
        int died = 0;
        for (int seed = 0; seed < 20; seed++) {
            Pair pair = up(seed, action, DELAY, seed % 2 == 0);
            pair.world.weather(new Weather(80, 20, Duration.ofMillis(1), Duration.ofMillis(900)));
            pair.world.run(Duration.ofMinutes(20));
            died += logSince(pair.west, "liveness action").isEmpty() ? 0 : 1;
            pair.world.weather(Weather.FAIR);
            assertThat(pair.world.runUntil(() -> agree(pair), Duration.ofMinutes(10)))
                    .as(seed + "\n" + pair.trace())
                    .isTrue();
            pair.world.run(Duration.ofSeconds(2));
            pair.terminate(pair.west);
            pair.terminate(pair.east);
            pair.world.run(Duration.ofMinutes(2));
            pair.assertNothingLeftAfterDelete();
        }
        assertThat(died).as("dead peers").isPositive();
    }

    /** Whether east has the Child SA that west sends by; both may have more than one, as both begin anew. */
    private static boolean agree(Pair pair) {
        Optional<SaSerial> newest = connection(pair.west).newestChild();
        for (Sa sa : pair.west.pluto().sas()) {
            if (sa instanceof ChildSa child && newest.equals(Optional.of(sa.serial()))) {
                int spi = child.outbound().orElseThrow().spi();
                return pair.east.kernel().installed().stream()
                        .anyMatch(installed -> installed.id().spi() == spi);
            }
        }
        return false;
    }
}
