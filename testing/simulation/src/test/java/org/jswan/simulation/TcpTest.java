// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.TcpMode;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa.Encapsulation;
import org.jswan.kernel.KernelSa.Encapsulation.Carrier;
import org.jswan.net.Transport;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.IkeSa;
import org.junit.jupiter.api.Test;

/** IKE and ESP over TCP (RFC 9329). */
class TcpTest {
    private static final Set<Transport> BOTH = Set.of(Transport.UDP, Transport.TCP);

    private static UnaryOperator<ConnectionRequest.Builder> mode(TcpMode mode) {
        return builder -> builder.set(ConnectionOption.TCP, mode);
    }

    private static Pair pair(long seed, Set<Transport> transports, UnaryOperator<ConnectionRequest.Builder> both) {
        PlutoOptions options = PlutoOptions.defaults().withTransports(transports);
        return Pair.at(new SimWorld(seed), options, both, Pair.WEST, Pair.EAST, Pair.EAST, Pair.WEST);
    }

    private static void comesUp(Pair pair) {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofMinutes(3)))
                .as(pair.trace())
                .isTrue();
    }

    private static SimTcp tcp(Pair pair) {
        return pair.world.network().tcp();
    }

    private static List<Encapsulation> encapsulations(SimHost host) {
        return host.kernel().installed().stream()
                .sorted((a, b) -> Boolean.compare(a.inbound(), b.inbound()))
                .map(sa -> sa.encapsulation().orElseThrow())
                .toList();
    }

    @Test
    void allGoesThroughOneStream() {
        Pair pair = pair(1, BOTH, mode(TcpMode.ONLY));
        comesUp(pair);
        assertThat(pair.world.datagrams()).isZero();
        assertThat(tcp(pair).messages()).isEqualTo(4);
        assertThat(tcp(pair).openEnds()).isEqualTo(2);
        assertThat(encapsulations(pair.west))
                .containsExactly(
                        new Encapsulation(Carrier.TCP, 40_000, 4500), new Encapsulation(Carrier.TCP, 4500, 40_000));
        assertThat(encapsulations(pair.east))
                .containsExactly(
                        new Encapsulation(Carrier.TCP, 4500, 40_000), new Encapsulation(Carrier.TCP, 40_000, 4500));
        assertThat(pair.west.log()).anyMatch(line -> line.contains("{ESPinTCP"));
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.startsWith("000 #1: \"t\":4500(tcp) STATE_V2_ESTABLISHED_IKE_SA"));
        assertThat(pair.east.log()).contains("adding TCP interface eth0 " + Pair.EAST + ":4500");
    }

    @Test
    void withTheLastSaTheStreamCloses() {
        Pair pair = pair(2, BOTH, mode(TcpMode.ONLY));
        comesUp(pair);
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
        assertThat(tcp(pair).openEnds()).isZero();
    }

    @Test
    void withoutUdpNobodyIsOriented() {
        Pair pair = pair(3, Set.of(Transport.TCP), mode(TcpMode.ONLY));
        assertThat(pair.initiate(pair.west).lines())
                .anyMatch(line -> line.startsWith("036 \"t\": we cannot identify")
                        || line.contains("we cannot identify ourselves with either end"));
    }

    @Test
    void refusedStreamEndsTheTry() {
        PlutoOptions options = PlutoOptions.defaults();
        Pair pair = Pair.at(new SimWorld(4), options, mode(TcpMode.ONLY), Pair.WEST, Pair.EAST, Pair.EAST, Pair.WEST);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.west.log())
                .contains("ERROR: \"t\" #1: TCP: connect(7) failed: Connection refused (errno 111)")
                .anyMatch(line -> line.contains("deleting IKE SA but connection is supposed to remain up"));
    }

    @Test
    void fallsBackWhenUdpIsNotAnswered() {
        Pair pair = pair(5, BOTH, mode(TcpMode.FALLBACK));
        pair.world.pass(datagram -> false);
        comesUp(pair);
        assertThat(Pair.ike(pair.west).socket().transport()).isEqualTo(Transport.TCP);
        assertThat(Pair.ike(pair.west).attempt()).isEqualTo(2);
    }

    @Test
    void nothingIsRepeatedAndSilenceEndsTheTry() {
        Pair pair = pair(6, BOTH, mode(TcpMode.ONLY));
        tcp(pair).stall(true);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(50));
        assertThat(tcp(pair).messages()).isEqualTo(1);
        pair.world.run(Duration.ofSeconds(20));
        assertThat(pair.west.log()).anyMatch(line -> line.contains("60 second timeout exceeded after 0 retransmits"));
    }

    @Test
    void cookieIsBroughtByAnotherStream() {
        PlutoOptions options = PlutoOptions.defaults().withTransports(BOTH);
        Pair pair = Pair.at(new SimWorld(7), options, mode(TcpMode.ONLY), Pair.WEST, Pair.EAST, Pair.EAST, Pair.WEST);
        pair.east.whack(WhackRequest.of(new WhackCommand.Ddos(WhackCommand.Ddos.Mode.BUSY)));
        comesUp(pair);
        assertThat(pair.west.log()).anyMatch(line -> line.contains("resending IKE_SA_INIT request with COOKIE"));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(tcp(pair).openEnds()).isEqualTo(2);
    }

    @Test
    void initiatorOpensAnotherStreamWhenOneBreaks() {
        Pair pair = pair(8, BOTH, mode(TcpMode.ONLY));
        comesUp(pair);
        IkeSa east = Pair.ike(pair.east);
        int before = Pair.ike(pair.west).socket().local().port();
        tcp(pair).breakAll();
        pair.world.run(Duration.ofSeconds(1));
        int after = Pair.ike(pair.west).socket().local().port();
        assertThat(after).isNotEqualTo(before);
        assertThat(east.remote().port()).as(pair.trace()).isEqualTo(after);
        for (SimHost host : List.of(pair.west, pair.east)) {
            assertThat(host.kernel().installed()).hasSize(2).allSatisfy(sa -> {
                Encapsulation encapsulation = sa.encapsulation().orElseThrow();
                assertThat(encapsulation.carrier()).isEqualTo(Carrier.TCP);
                boolean outOfWest = sa.id().source().equals(IpAddress.of(Pair.WEST));
                assertThat(outOfWest ? encapsulation.sourcePort() : encapsulation.destinationPort())
                        .isEqualTo(after);
            });
        }
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
        assertThat(tcp(pair).openEnds()).isZero();
    }

    @Test
    void streamThatBreaksInTheMiddleEndsWhatIsInTheMaking() {
        Pair pair = pair(9, BOTH, mode(TcpMode.ONLY));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> tcp(pair).messages() == 3, Duration.ofSeconds(5)))
                .isTrue();
        tcp(pair).breakAll();
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(10)))
                .as(pair.trace())
                .isTrue();
        assertThat(tcp(pair).openEnds()).isEqualTo(2);
    }

    @Test
    void rekeyingStaysOnTheStream() {
        Pair pair = pair(10, BOTH, mode(TcpMode.ONLY));
        comesUp(pair);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("t")));
        pair.world.run(Duration.ofSeconds(3));
        assertThat(pair.west.ikeSas()).hasSize(1);
        assertThat(Pair.ike(pair.west).serial().value()).isGreaterThan(1);
        assertThat(tcp(pair).openEnds()).isEqualTo(2);
        assertThat(pair.world.datagrams()).isZero();
    }
}
