// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimHost.SimSession;
import org.junit.jupiter.api.Test;

/** CREATE_CHILD_SA: further Child SAs, successors of Child SAs and of IKE SAs. */
class RekeyTest {
    private static SimSession rekey(SimHost host, boolean ofIke) {
        return host.whack(WhackRequest.of(ofIke ? new WhackCommand.RekeyIke("t") : new WhackCommand.RekeyIpsec("t")));
    }

    private static String masked(String line) {
        return line.replaceAll("0x[0-9a-f]{8}", "0xSPI").replaceAll("aged [0-9.]+s", "aged Ns");
    }

    @Test
    void rekeyingAChildSaSaysWhatTheOracleSays() {
        Pair pair = Pair.up(1);
        SimSession session = rekey(pair.west, false);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(session.lines(RekeyTest::masked))
                .containsExactly(
                        "002 \"t\" #3: initiating rekey to replace Child SA #2",
                        "193 \"t\" #3: sent CREATE_CHILD_SA request to rekey IPsec SA",
                        "004 \"t\" #3: initiator rekeyed Child SA #2 using #1; IPsec tunnel"
                                + " [198.51.100.0-198.51.100.127:0-65535 0] ->"
                                + " [198.51.100.128-198.51.100.255:0-65535 0] {ESP/ESN=>0xSPI <0xSPI"
                                + " xfrm=AES_GCM_16_256-NONE-MODP2048 DPD=passive}",
                        "002 \"t\" #2: deleting established Child SA using IKE SA #1",
                        "005 \"t\" #2: ESP traffic information: in=0B out=0B");
        assertThat(session.isFinished()).isTrue();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.east.log()).anyMatch(line -> line.contains("#3: responder rekeyed Child SA #2 using #1;"));
        pair.terminate(pair.west);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void rekeyingAnIkeSaSaysWhatTheOracleSays() {
        for (boolean byInitiator : new boolean[] {true, false}) {
            Pair pair = Pair.up(2);
            SimSession session = rekey(byInitiator ? pair.west : pair.east, true);
            pair.world.run(Duration.ofSeconds(5));
            assertThat(session.lines(RekeyTest::masked))
                    .containsExactly(
                            "002 \"t\" #3: initiating rekey to replace IKE SA #1",
                            "191 \"t\" #3: sent CREATE_CHILD_SA request to rekey IKE SA",
                            "004 \"t\" #3: initiator rekeyed IKE SA #1 {cipher=AES_GCM_16_256 integ=n/a"
                                    + " prf=HMAC_SHA2_512 group=MODP2048}",
                            "002 \"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA) aged Ns and sending"
                                    + " notification");
            assertThat(session.isFinished()).isTrue();
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
            // What hangs on the new one works: it can be rekeyed, and again, by the other end.
            rekey(pair.east, false);
            pair.world.run(Duration.ofSeconds(5));
            rekey(pair.east, true);
            pair.world.run(Duration.ofSeconds(5));
            assertThat(pair.isUp()).as(pair.trace()).isTrue();
            pair.terminate(pair.west);
            pair.assertNothingLeftAfterDelete();
        }
    }

    @Test
    void bothRekeyAtOnce() {
        int collisions = 0;
        for (int seed = 0; seed < 200; seed++) {
            for (boolean ofIke : new boolean[] {true, false}) {
                Pair pair = Pair.up(seed);
                SimSession west = rekey(pair.west, ofIke);
                SimSession east = rekey(pair.east, ofIke);
                pair.world.run(Duration.ofSeconds(90));
                assertThat(west.isFinished() && east.isFinished())
                        .as(pair.trace())
                        .isTrue();
                assertThat(pair.isUp())
                        .as(seed + " " + ofIke + "\n" + pair.trace())
                        .isTrue();
                collisions += pair.west.log().stream()
                                        .filter(line -> line.contains("rekeyed "))
                                        .count()
                                > 1
                        ? 1
                        : 0;
                assertCoherent(pair);
                pair.terminate(pair.west);
                pair.assertNothingLeftAfterDelete();
            }
        }
        assertThat(collisions).as("collisions").isGreaterThan(200);
    }

    /** Both ends see the same SAs, and the kernels what hangs on them. */
    private static void assertCoherent(Pair pair) {
        List<Integer> west = new ArrayList<>();
        List<Integer> east = new ArrayList<>();
        for (Sa sa : pair.west.pluto().sas()) {
            if (sa instanceof ChildSa child) {
                west.add(child.inbound().orElseThrow().spi());
                west.add(child.outbound().orElseThrow().spi());
                assertThat(child.connection().newestChild()).isEqualTo(Optional.of(child.serial()));
            } else if (sa instanceof IkeSa ike) {
                assertThat(ike.connection().newestIke()).isEqualTo(Optional.of(ike.serial()));
                assertThat(pair.east.ikeSas().get(0).initiatorSpi()).isEqualTo(ike.initiatorSpi());
                assertThat(ike.children()).hasSize(1);
            }
        }
        for (Sa sa : pair.east.pluto().sas()) {
            if (sa instanceof ChildSa child) {
                east.add(child.outbound().orElseThrow().spi());
                east.add(child.inbound().orElseThrow().spi());
            }
        }
        assertThat(west).as(pair.trace()).isEqualTo(east);
    }

    @Test
    void livesAreRenewedAllTheTime() {
        Pair pair = Pair.listening(13, b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofMinutes(50))
                .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofMinutes(30))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofMinutes(3)));
        pair.initiate(pair.west);
        for (int minute = 0; minute < 600; minute++) {
            pair.world.run(Duration.ofMinutes(1));
            assertThat(pair.west.kernel().installed())
                    .as("minute " + minute + "\n" + pair.trace())
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(pair.west.log()).anyMatch(line -> line.contains("initiating rekey to replace Child SA"));
        assertThat(pair.west.log()).anyMatch(line -> line.contains("initiating rekey to replace IKE SA"));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        pair.terminate(pair.west);
        pair.assertNothingLeftAfterDelete();
    }

    private static KernelSa sa(SimHost host, boolean inbound) {
        return host.kernel().installed().stream()
                .filter(sa -> sa.inbound() == inbound)
                .findFirst()
                .orElseThrow();
    }

    private static void expire(SimHost host, KernelSa sa, boolean hard) {
        host.pluto().expired(sa.id(), hard, new SaCounters(588, 7, Instant.EPOCH, Optional.empty()));
    }

    @Test
    void whoWaitsForAFurtherChildSaHearsThatThePeerIsSilent() {
        Pair pair = Pair.up(1);
        pair.world.network().filter(datagram -> false);
        SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(90));
        assertThat(session.lines())
                .contains(
                        "002 \"t\" #3: initiating Child SA using IKE SA #1",
                        "010 \"t\" #1: STATE_V2_ESTABLISHED_IKE_SA: retransmission; will wait 0.5 seconds for response")
                .anyMatch(line -> line.startsWith("002 \"t\" #1: deleting state (STATE_V2_ESTABLISHED_IKE_SA)"));
        assertThat(pair.west.log())
                .containsSubsequence(
                        "\"t\" #3: Child SA proposals (new child):",
                        "\"t\" #3:   1:ESP=AES_GCM_C_256-NONE-MODP2048-ENABLED+DISABLED");
        assertThat(session.isFinished()).isTrue();
    }

    @Test
    void nothingHasGoneThroughWhatThePeerMayNotHaveYet() {
        Pair pair = Pair.up(1);
        rekey(pair.west, false);
        assertThat(pair.world.runUntil(
                        () -> pair.east.log().stream().anyMatch(line -> line.contains("responder rekeyed Child SA #2")),
                        Duration.ofSeconds(5)))
                .isTrue();
        SimSession traffic = pair.east.whack(WhackRequest.of(new WhackCommand.TrafficStatus(Optional.empty())));
        assertThat(traffic.lines())
                .anyMatch(line -> line.startsWith("006 #3: ") && line.contains("inBytes=0, outBytes=0, maxBytes="));
    }

    @Test
    void whoIsToAuthenticateAnewSaysSo() {
        Pair pair = Pair.listening(
                13,
                Pair.SECRET,
                Pair.SECRET,
                b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofMinutes(50))
                        .set(ConnectionOption.REAUTH, true),
                b -> b);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(55));
        assertThat(pair.west.log())
                .contains("\"t\" #1: initiate reauthentication of IKE SA")
                .noneMatch(line -> line.contains("initiating rekey to replace IKE SA"));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    /** It still has what it had, so the peer must not forget that. */
    @Test
    void whoAuthenticatesAnewMakesNoInitialContact() {
        Pair pair = Pair.listening(
                14,
                Pair.SECRET,
                Pair.SECRET,
                b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofMinutes(50))
                        .set(ConnectionOption.REAUTH, true)
                        .set(ConnectionOption.INITIAL_CONTACT),
                b -> b);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(55));
        assertThat(pair.west.log())
                .contains("\"t\" #1: sending INITIAL_CONTACT", "\"t\" #1: initiate reauthentication of IKE SA")
                .filteredOn(line -> line.contains("sending INITIAL_CONTACT"))
                .hasSize(1);
    }

    @Test
    void theKernelKnowsHowMuchAChildSaMayCarry() {
        Pair pair = Pair.listening(4, b -> b.set(ConnectionOption.IPSEC_MAX_BYTES, 1_000L)
                .set(ConnectionOption.IPSEC_MAX_PACKETS, 1L << 63));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        for (boolean inbound : new boolean[] {true, false}) {
            assertThat(sa(pair.west, inbound).limits())
                    .isEqualTo(new KernelSa.Limits(250, 1_000, Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofHours(8)));
            assertThat(sa(pair.east, inbound).limits())
                    .isEqualTo(new KernelSa.Limits(500, 1_000, Long.MAX_VALUE, Long.MAX_VALUE, Duration.ofHours(8)));
        }
    }

    @Test
    void whatHasCarriedNearlyAllIsReplacedOnce() {
        Pair pair = Pair.up(5);
        KernelSa out = sa(pair.west, false);
        KernelSa in = sa(pair.west, true);
        expire(pair.west, out, false);
        expire(pair.west, in, false);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(pair.west.log())
                .contains(String.format(
                        "\"t\" #2: received soft EXPIRE for outbound SPI %08x bytes 588 packets 7 rekey=yes; replacing",
                        out.id().spi()))
                .contains(String.format(
                        "\"t\" #2: received soft EXPIRE for inbound SPI %08x bytes 588 packets 7 rekey=yes; already"
                                + " soft expired",
                        in.id().spi()));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.west.log().stream().filter(line -> line.contains("initiator rekeyed Child SA")))
                .hasSize(1);
    }

    @Test
    void whatHasCarriedAllEnds() {
        Pair pair = Pair.listening(6, b -> b.set(ConnectionOption.DONT_REKEY));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        expire(pair.west, sa(pair.west, true), true);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.log())
                .anyMatch(line -> line.contains("received hard EXPIRE for inbound SPI"))
                .anyMatch(line -> line.contains("#2: deleting established Child SA using IKE SA #1"));
        assertThat(pair.west.kernel().installed()).isEmpty();
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @Test
    void whoeverAskedHearsThatThePeerRefuses() {
        Pair pair = Pair.listening(7, Pair.SECRET, Pair.SECRET, b -> b, b -> b.set(ConnectionOption.PFS, false));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        SimSession session = rekey(pair.west, false);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines(RekeyTest::masked))
                .as(pair.trace())
                .endsWith(
                        "003 \"t\" #3: CREATE_CHILD_SA failed with error notification NO_PROPOSAL_CHOSEN",
                        "200 \"t\" #3: state transition 'initiate rekey Child SA (CREATE_CHILD_SA)' failed");
        assertThat(pair.east.log())
                .contains("\"t\" #1: responding to CREATE_CHILD_SA message (ID 2) from 192.0.2.1:500 with encrypted"
                        + " notification NO_PROPOSAL_CHOSEN");
        assertThat(session.isFinished()).isTrue();
        assertThat(pair.isUp()).isTrue();
    }

    private static List<Integer> spis(SimHost host, boolean inbound) {
        return host.kernel().installed().stream()
                .filter(sa -> sa.inbound() == inbound)
                .map(sa -> sa.id().spi())
                .toList();
    }

    @Test
    void anotherChildSaOfTheSameConnectionCarriesNothingBeforeThePeerHasItsHalf() {
        Pair pair = Pair.up(8);
        pair.initiate(pair.west);
        for (int millisecond = 0; millisecond < 3_000; millisecond++) {
            pair.world.run(Duration.ofMillis(1));
            assertThat(spis(pair.west, true)).as(pair.trace()).containsAll(spis(pair.east, false));
            assertThat(spis(pair.east, true)).as(pair.trace()).containsAll(spis(pair.west, false));
        }
        assertThat(spis(pair.east, false)).hasSize(2);
        assertThat(spis(pair.west, false)).hasSize(2);
        pair.terminate(pair.west);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void itCarriesAllWhenTheOlderOneGoesAtOnce() {
        Pair pair = Pair.up(9);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> spis(pair.east, true).size() == 2, Duration.ofSeconds(1)))
                .as(pair.trace())
                .isTrue();
        assertThat(spis(pair.east, false)).as(pair.trace()).hasSize(1);
        pair.east.whack(WhackRequest.of(new WhackCommand.DeleteState(2)));
        pair.world.run(Duration.ofMillis(500));
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
        assertThat(pair.east
                        .kernel()
                        .packet(Selector.of(Subnet.of(Pair.EAST_CLIENT)), Selector.of(Subnet.of(Pair.WEST_CLIENT))))
                .isEqualTo(SimKernel.Fate.PROTECTED);
    }
}
