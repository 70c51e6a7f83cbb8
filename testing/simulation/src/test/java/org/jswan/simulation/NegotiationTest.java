// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.IkeVersion;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.identity.SecretStore;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelSa;
import org.jswan.sa.Sa;
import org.junit.jupiter.api.Test;

/** Two daemons, one tunnel, fair weather. */
class NegotiationTest {
    @Test
    void tunnelComesUpWithTheLinesOfTheOracle() {
        Pair pair = Pair.listening(1);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines(line -> line.replaceAll("0x[0-9a-f]{8}", "0xSPI")))
                .containsExactly(
                        "181 \"t\" #1: initiating IKEv2 connection",
                        "181 \"t\" #1: sent IKE_SA_INIT request to 192.0.2.2:500",
                        "182 \"t\" #1: sent IKE_AUTH request {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512"
                                + " group=MODP2048}",
                        "003 \"t\" #1: initiator established IKE SA; authenticated peer using authby=secret and"
                                + " ID_FQDN '@east'",
                        "004 \"t\" #2: initiator established Child SA using #1; IPsec tunnel"
                                + " [198.51.100.0-198.51.100.127:0-65535 0] ->"
                                + " [198.51.100.128-198.51.100.255:0-65535 0] {ESP/ESN=>0xSPI <0xSPI"
                                + " xfrm=AES_GCM_16_256-NONE DPD=passive}");
        assertThat(session.isFinished()).isTrue();
        assertThat(pair.isUp()).as(pair.trace()).isTrue();
    }

    @Test
    void theGroupOfAnAhSaIsNotNamed() {
        Pair pair = Pair.listening(
                7, request -> request.set(ConnectionOption.ENCRYPT, false).set(ConnectionOption.AUTHENTICATE));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.log()).noneMatch(line -> line.contains("no effect yet"));
        assertThat(session.lines())
                .last()
                .asString()
                .matches("004 \"t\" #3: initiator established Child SA using #1; IPsec tunnel .*"
                        + "[{]AH/ESN=>0x[0-9a-f]{8} <0x[0-9a-f]{8} xfrm=HMAC_SHA2_512_256 DPD=passive[}]");
    }

    @Test
    void whatTheNetworkRefusesIsToldToWhomItConcerns() {
        Pair pair = Pair.listening(1);
        Bytes[] sent = new Bytes[1];
        pair.world.pass(datagram -> {
            sent[0] = datagram;
            return false;
        });
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        pair.west.pluto().networkError(sent[0].first(20), "ERROR: connection refused");
        pair.west.pluto().networkError(sent[0].first(19), "ERROR: too little of it");
        pair.west.pluto().networkError(Bytes.copyOf(new byte[100]), "ERROR: nobody's");
        assertThat(session.lines())
                .contains("000 \"t\" #1: ERROR: connection refused")
                .noneMatch(line -> line.contains("too little") || line.contains("nobody"));
    }

    @Test
    void bothKernelsHaveTheSameKeys() {
        Pair pair = Pair.up(2);
        for (KernelSa sa : pair.west.kernel().installed()) {
            assertThat(pair.east.kernel().key(sa.id()))
                    .isEqualTo(pair.west.kernel().key(sa.id()));
        }
        List<KernelSa> west = pair.west.kernel().installed();
        assertThat(pair.west.kernel().key(west.get(0).id()))
                .isNotEqualTo(pair.west.kernel().key(west.get(1).id()));
    }

    @Test
    void terminatingEndsBothSides() {
        for (boolean byInitiator : new boolean[] {true, false}) {
            Pair pair = Pair.up(3);
            SimHost ender = byInitiator ? pair.west : pair.east;
            SimHost.SimSession session = pair.terminate(ender);
            // The initiator's end is to stay up: only a command of its own takes it down for good.
            pair.terminate(pair.west);
            pair.world.run(Duration.ofSeconds(1));
            assertThat(session.lines().get(0)).isEqualTo("002 \"t\": terminating SAs using this connection");
            assertThat(session.lines())
                    .anyMatch(line -> line.matches("002 \"t\" #1: deleting state \\(STATE_V2_ESTABLISHED_IKE_SA\\) aged"
                            + " [0-9.]+s and sending notification"))
                    .contains("005 \"t\" #2: ESP traffic information: in=0B out=0B");
            assertThat(session.isFinished()).isTrue();
            // The trap stays until the connection is deleted, as libreswan's does.
            assertThat(pair.west.kernel().spis()).as(pair.trace()).isZero();
            pair.assertNothingLeftAfterDelete();
        }
    }

    @Test
    void peersDeleteRevivesWhatIsToStayUp() {
        Pair pair = Pair.up(4);
        pair.terminate(pair.east);
        assertThat(pair.world.runUntil(() -> !pair.isUp(), Duration.ofSeconds(1)))
                .isTrue();
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(10)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.log())
                .anyMatch(line -> line.contains(
                        "deleting IKE SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS"));
    }

    @Test
    void everyRevivalOfWhatWorkedBeginsAtOnce() {
        Pair pair = Pair.up(4);
        for (int i = 0; i < 3; i++) {
            pair.world.run(Duration.ofMinutes(1));
            pair.terminate(pair.east);
            assertThat(pair.world.runUntil(() -> !pair.isUp(), Duration.ofSeconds(1)))
                    .isTrue();
            assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(2)))
                    .as(pair.trace())
                    .isTrue();
        }
    }

    @Test
    void shutdownTellsWhatItTakesDown() {
        Pair pair = Pair.listening(6);
        pair.west.whack(WhackRequest.of(new WhackCommand.Shutdown(false)));
        pair.world.run(Duration.ofSeconds(1));
        int from = pair.west.log().indexOf("Pluto is shutting down");
        assertThat(pair.west.log().subList(from, pair.west.log().size()))
                .containsExactly(
                        "Pluto is shutting down",
                        "forgetting secrets",
                        "shutting down interface eth0 192.0.2.1:4500",
                        "shutting down interface eth0 192.0.2.1:500");
    }

    @Test
    void statusTellsWhatChildIsPending() {
        Pair pair = Pair.listening(9);
        pair.world.pass(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .hasSize(2)
                .element(1)
                .isEqualTo("000 #1: pending CHILD SA for \"t\"");
        assertThat(Pair.up(9)
                        .west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .noneMatch(line -> line.contains("pending"));
    }

    @Test
    void deletingATemplateEndsTheSasThatUseIt() {
        Pair pair = Pair.listening(
                10,
                Pair.SECRET,
                Pair.SECRET,
                UnaryOperator.identity(),
                eastern -> eastern.left(Pair.end("0.0.0.0", "@west", Pair.WEST_CLIENT)));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void processesAreListedUntilTheyEnd() {
        Pair pair = Pair.listening(7);
        Runnable ended = pair.west.pluto().processes().begin(17, "addconn");
        WhackRequest ask = WhackRequest.of(new WhackCommand.ProcessStatus());
        assertThat(pair.west.whack(ask).lines()).containsExactly("000   PID  Process", "000    17  addconn");
        ended.run();
        assertThat(pair.west.whack(ask).lines()).containsExactly("000   PID  Process");
    }

    @Test
    void templatesAreNeitherInitiatedNorTerminated() {
        Pair pair = Pair.listening(8, both -> both.right(Pair.end("0.0.0.0", "@east", Pair.EAST_CLIENT)));
        SimHost.SimSession up = pair.initiate(pair.west);
        SimHost.SimSession down = pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(up.lines())
                .containsExactly(
                        "029 \"t\": cannot initiate connection (serial $1) without knowing peer IP address"
                                + " (kind=CK_TEMPLATE)",
                        "036 \"t\": failed to initiate connection");
        assertThat(down.lines()).isEmpty();
    }

    @Test
    void wrongSecretIsToldAndLeavesNothing() {
        Pair pair = Pair.listening(
                5, Pair.SECRET, "a catfish of thirty-two octets.....", NegotiationTest::once, UnaryOperator.identity());
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.runUntil(session::isFinished, Duration.ofSeconds(10));
        assertThat(session.lines())
                .contains(
                        "003 \"t\" #1: IKE SA authentication request rejected by peer: AUTHENTICATION_FAILED",
                        "036 \"t\" #1: encountered fatal error in state STATE_V2_PARENT_I2");
        assertThat(pair.east.log())
                .containsSubsequence(
                        "\"t\" #1: authentication failed: computed hash does not match hash received from peer"
                                + " ID_FQDN '@west'",
                        "\"t\" #1: responding to IKE_AUTH message (ID 1) from 192.0.2.1:500 with encrypted"
                                + " notification AUTHENTICATION_FAILED",
                        "\"t\" #1: encountered fatal error in state STATE_V2_PARENT_R1");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    private static ConnectionRequest.Builder once(ConnectionRequest.Builder builder) {
        return builder.set(ConnectionOption.KEYING_TRIES, 1L);
    }

    @Test
    void noCommonIkeProposalTimesOut() {
        Pair pair = Pair.listening(
                6,
                Pair.SECRET,
                Pair.SECRET,
                b -> b.set(ConnectionOption.IKE, "aes_gcm256-sha2_512;modp2048").set(ConnectionOption.KEYING_TRIES, 1L),
                b -> b.set(ConnectionOption.IKE, "aes128-sha2_256;modp2048"));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.runUntil(session::isFinished, Duration.ofSeconds(100));
        assertThat(session.lines())
                .contains("003 \"t\" #1: dropping unexpected IKE_SA_INIT message containing NO_PROPOSAL_CHOSEN"
                        + " notification; message payloads: N; missing payloads: SA,KE,Ni")
                .contains("031 \"t\" #1: STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 retransmits.  No"
                        + " response (or no acceptable response) to our first IKEv2 message");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void wrongSubnetsKeepTheIkeSaWithoutChild() {
        Pair pair = Pair.listening(
                7,
                Pair.SECRET,
                Pair.SECRET,
                UnaryOperator.identity(),
                b -> b.right(Pair.end(Pair.EAST, "@east", "203.0.113.0/24")));
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(5));
        assertThat(session.lines()).contains("003 \"t\" #2: IKE_AUTH response rejected Child SA with TS_UNACCEPTABLE");
        assertThat(session.isFinished()).isTrue();
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isEqualTo(1);
        assertThat(pair.west.kernel().spis()).isZero();
        assertThat(pair.east.log()).contains("\"t\" #2: No IKEv2 connection found with compatible Traffic Selectors");
    }

    @Test
    void wrongGroupIsGuessedOnce() {
        Pair pair = Pair.listening(
                8,
                Pair.SECRET,
                Pair.SECRET,
                b -> b.set(ConnectionOption.IKE, "aes_gcm256-sha2_512;modp2048+dh19+dh31"),
                b -> b.set(ConnectionOption.IKE, "aes_gcm256-sha2_512;dh31"));
        SimHost.SimSession session = pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines())
                .contains("002 \"t\" #1: Received unauthenticated INVALID_KE_PAYLOAD response to DH MODP2048;"
                        + " resending with suggested DH DH31");
        assertThat(pair.east.log())
                .contains("\"t\" #1: responding to IKE_SA_INIT message (ID 0) from 192.0.2.1:500 with unencrypted"
                        + " notification INVALID_KE_PAYLOAD");
    }

    @Test
    void transportMode() {
        UnaryOperator<ConnectionRequest.Builder> transport = b -> ConnectionRequest.builder("t")
                .left(b.build().left().toBuilder().unset(EndOption.CLIENT).build())
                .right(b.build().right().toBuilder().unset(EndOption.CLIENT).build())
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.ESN_NO);
        Pair pair = Pair.listening(9, transport);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.kernel().installed()).allMatch(sa -> sa.mode() == IpsecMode.TRANSPORT);
    }

    @Test
    void silentPeerIsTriedWithDoublingDelays() {
        Pair pair = Pair.listening(10, NegotiationTest::once);
        pair.world.pass(datagram -> false);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.runUntil(session::isFinished, Duration.ofSeconds(100));
        assertThat(session.lines())
                .filteredOn(line -> line.startsWith("010"))
                .extracting(line -> line.replaceAll(".*will wait (\\S+) seconds.*", "$1"))
                .containsExactly("0.5", "1", "2", "4", "8", "16", "32");
        assertThat(pair.west.pluto().sas()).isEmpty();
    }

    @Test
    void establishedSasAlwaysWaitForSomething() {
        Pair pair = Pair.up(11);
        for (SimHost host : List.of(pair.west, pair.east)) {
            for (Sa sa : host.pluto().sas()) {
                assertThat(sa.pendingEvents()).as(sa.serial().toString()).isNotEmpty();
            }
        }
    }

    @Test
    void deletingWhileUpdownRunsLeavesNothing() {
        for (int millis = 0; millis < 200; millis += 2) {
            Pair pair = Pair.listening(16);
            pair.initiate(pair.west);
            pair.world.run(Duration.ofMillis(millis));
            pair.terminate(pair.west);
            pair.terminate(pair.east);
            pair.assertNothingLeftAfterDelete();
        }
    }

    @Test
    void whatIsBeingDeletedIsNotThereForPeersAnyMore() {
        for (int seed = 0; seed < 20; seed++) {
            Pair pair = Pair.up(seed);
            pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
            // West is to stay up, and begins anew at once.
            pair.world.run(Duration.ofSeconds(1));
            assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
            pair.assertNothingLeftAfterDelete();
        }
    }

    @Test
    void rekeyingATemplateByItsNameRekeysItsInstances() {
        Pair pair = Pair.listening(
                11,
                Pair.SECRET,
                Pair.SECRET,
                UnaryOperator.identity(),
                eastern -> eastern.left(Pair.end("0.0.0.0", "@west", Pair.WEST_CLIENT)));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(2));
        SimHost.SimSession session = pair.east.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(session.lines())
                .noneMatch(line -> line.contains("does not have"))
                .anyMatch(line -> line.contains("initiator rekeyed Child SA #2"));
    }

    @Test
    void updownRunsInOrder() {
        Pair pair = Pair.up(12);
        assertThat(pair.west.scripts()).containsExactly("up-client t", "prepare-client t", "route-client t");
        pair.terminate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.scripts()).endsWith("down-client t");
        pair.assertNothingLeftAfterDelete();
        assertThat(pair.west.scripts()).endsWith("down-client t", "unroute-client t");
    }

    @Test
    void successorIsMadeBeforeTheEnd() {
        Pair pair = Pair.listening(13, b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofMinutes(30))
                .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofMinutes(30))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofMinutes(3)));
        pair.initiate(pair.west);
        for (int minute = 0; minute < 90; minute++) {
            pair.world.run(Duration.ofMinutes(1));
            assertThat(pair.west.kernel().installed())
                    .as("minute " + minute + "\n" + pair.trace())
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(pair.west.log()).anyMatch(line -> line.contains("initiating rekey to replace"));
        assertThat(pair.west.pluto().saCount()).isLessThanOrEqualTo(4);
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void commandsFinishTheirSessions() {
        SimWorld world = new SimWorld(14);
        SimHost west = world.host("west", Pair.WEST, SecretStore.empty());
        List<WhackCommand> commands = List.of(
                new WhackCommand.Listen(),
                new WhackCommand.Add(Pair.tunnel().build()),
                new WhackCommand.Route("t"),
                new WhackCommand.Status(),
                new WhackCommand.TrafficStatus(Optional.empty()),
                new WhackCommand.Unroute("t"),
                new WhackCommand.Terminate("t"),
                new WhackCommand.Delete("t", false),
                new WhackCommand.Initiate("unknown", Optional.empty()),
                new WhackCommand.Unlisten());
        for (WhackCommand command : commands) {
            SimHost.SimSession session = west.whack(WhackRequest.of(command));
            world.run(Duration.ofSeconds(1));
            assertThat(session.isFinished()).as(command + " " + session.lines()).isTrue();
        }
    }

    @Test
    void terminatingDuringUpdownWaitsAndTellsThePeer() {
        Pair pair = Pair.listening(15);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> !pair.west.kernel().installed().isEmpty(), Duration.ofSeconds(5)))
                .isTrue();
        SimHost.SimSession session = pair.terminate(pair.west);
        assertThat(session.isFinished()).isFalse();
        pair.world.run(Duration.ofSeconds(1));
        assertThat(session.lines()).anyMatch(line -> line.contains("and sending notification"));
        assertThat(session.isFinished()).isTrue();
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        pair.assertNothingLeftAfterDelete();
    }

    @Test
    void anAnswerAfterTheKernelGaveUpTheSpiIsFatalAndTriedAgain() {
        Pair pair = Pair.listening(16);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(20));
        pair.world.pass(datagram -> false);
        pair.world.run(SimKernel.RESERVATION.plusSeconds(1));
        assertThat(pair.west.kernel().spis()).as(pair.trace()).isZero();
        pair.world.pass(datagram -> true);
        assertThat(pair.world.runUntil(session::isFinished, Duration.ofSeconds(10)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines())
                .contains(
                        "002 \"t\" #2: setup_half_ipsec_sa() hit fail:",
                        "003 \"t\" #2: CHILD SA encountered fatal error: INVALID_SYNTAX",
                        "036 \"t\" #1: encountered fatal error in state STATE_V2_PARENT_I2");
        assertThat(pair.world.runUntil(pair::isCarrying, Duration.ofSeconds(30)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void theFirstPacketOfATrapBringsTheTunnelUp() {
        Pair pair = Pair.listening(17);
        Selector here = Selector.of(Subnet.of("198.51.100.5/32"));
        Selector there = Selector.of(Subnet.of("198.51.100.200/32"));
        assertThat(pair.west.kernel().packet(here, there)).isEqualTo(SimKernel.Fate.CLEAR);
        pair.west.whack(WhackRequest.of(new WhackCommand.Route("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.kernel().packet(here, there)).isEqualTo(SimKernel.Fate.HELD);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.kernel().packet(here, there)).isEqualTo(SimKernel.Fate.PROTECTED);
        assertThat(pair.west.kernel().packet(there, here)).isEqualTo(SimKernel.Fate.CLEAR);
    }
}
