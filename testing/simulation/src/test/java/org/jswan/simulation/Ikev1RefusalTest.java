// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.IkeSa;
import org.jswan.sa.V1State;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;

/** What initiators of IKEv1 say when they are refused, and how many SAs of one connection end. */
class Ikev1RefusalTest {
    private static final Duration LIFE = Duration.ofSeconds(20);

    private static ConnectionRequest.Builder brief(ConnectionRequest.Builder of) {
        return of.set(ConnectionOption.KEYING_TRIES, 1L)
                .set(ConnectionOption.RETRANSMIT_TIMEOUT, Duration.ofSeconds(1));
    }

    @Test
    void aRefusalInClearIsToldAndChangesNothing() {
        Pair pair = Ikev1Pair.listening(
                31,
                b -> brief(b).set(ConnectionOption.IKE, "aes128-sha1;modp2048"),
                b -> b.set(ConnectionOption.IKE, "aes256-sha2_256;modp2048"));
        List<String> said = initiated(pair);
        assertThat(said)
                .containsSubsequence(
                        "102 \"t\" #1: sent Main Mode request",
                        "003 \"t\" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12",
                        "003 \"t\" #1: received and ignored notification payload: NO_PROPOSAL_CHOSEN",
                        "010 \"t\" #1: STATE_MAIN_I1: retransmission; will wait 0.5 seconds for response",
                        "002 \"t\" #1: deleting ISAKMP SA but connection is supposed to remain up;"
                                + " schedule EVENT_REVIVE_CONNS");
        assertThat(pair.east.log())
                .contains("packet from 192.0.2.1:500: sending notification NO_PROPOSAL_CHOSEN to 192.0.2.1:500");
    }

    @Test
    void aProtectedRefusalIsToldOfTheIsakmpSa() {
        Pair pair = Ikev1Pair.listening(
                32,
                b -> brief(b).set(ConnectionOption.ESP, "aes128-sha1"),
                b -> b.set(ConnectionOption.ESP, "aes256-sha2_512"));
        initiated(pair);
        assertThat(pair.west.log())
                .contains(
                        "\"t\" #1: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12",
                        "\"t\" #1: received and ignored notification payload: NO_PROPOSAL_CHOSEN");
    }

    /** As libreswan: with keys that nobody has proven yet. */
    @Test
    void aRefusalOfAnIdentityIsProtected() {
        Pair pair = Ikev1Pair.listening(
                35,
                b -> brief(b).left(Ikev1Pair.end(Pair.WEST, "@other", Pair.WEST_CLIENT)
                        .build()),
                b -> b);
        initiated(pair);
        assertThat(pair.east.log())
                .contains("\"t\" #1: sending encrypted notification INVALID_ID_INFORMATION to 192.0.2.1:500");
        assertThat(pair.west.log())
                .as(pair.trace())
                .contains("\"t\" #1: received and ignored notification payload: INVALID_ID_INFORMATION");
    }

    /** What was refused is judged again when it comes again, as by libreswan. */
    @Test
    void aRepeatedProposalIsRefusedAnew() {
        Pair pair = Ikev1Pair.listening(
                36,
                b -> brief(b).set(ConnectionOption.ESP, "aes128-sha1"),
                b -> b.set(ConnectionOption.ESP, "aes256-sha2_512"));
        initiated(pair);
        assertThat(pair.east.log())
                .as(pair.trace())
                .contains(
                        "\"t\" #2: no acceptable Proposal in IPsec SA", "\"t\" #3: no acceptable Proposal in IPsec SA")
                .noneMatch(line -> line.contains("INVALID_MESSAGE_ID"));
    }

    /** The kernel gives up an SPI that is not used in time; libreswan leaves it to it. */
    @Test
    void nothingIsSaidOfAnSpiThatTheKernelGaveUp() {
        Pair pair = Ikev1Pair.listening(37, Ikev1RefusalTest::brief);
        pair.world.network().filter(datagram -> datagram.octets().get(18) != 32);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(700));
        pair.west.kernel().flush();
        pair.world.run(Duration.ofSeconds(3));
        assertThat(session.lines())
                .as(pair.trace())
                .anyMatch(line -> line.contains("STATE_QUICK_I1: 1 second timeout exceeded"))
                .noneMatch(line -> line.contains("netlink response"));
    }

    @Test
    void allIpsecSasEndBeforeTheirIsakmpSas() {
        Pair pair = Ikev1Pair.up(33, b -> b.set(ConnectionOption.IPSEC_LIFETIME, LIFE)
                .set(ConnectionOption.IKE_LIFETIME, LIFE)
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(10))
                .set(ConnectionOption.REKEY_FUZZ, 0L));
        pair.world.run(Duration.ofSeconds(15));
        SimHost.SimSession session = pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        assertThat(ended(session))
                .as("while the script runs, the SAs that tell of ends are there")
                .contains("STATE_QUICK_I2")
                .doesNotContain("STATE_MAIN_I4");
        assertThat(session.isFinished()).isFalse();
        pair.world.run(Duration.ofMillis(100));
        assertThat(session.isFinished()).isTrue();
        assertThat(ended(session))
                .as(pair.trace())
                .contains("STATE_QUICK_I2", "STATE_MAIN_I4")
                .hasSizeGreaterThan(3)
                .isSortedAccordingTo(Comparator.reverseOrder());
    }

    private static List<String> ended(SimHost.SimSession session) {
        return session.lines().stream()
                .filter(line -> line.contains("deleting state"))
                .map(line -> line.replaceFirst(".*deleting state \\((\\w+)\\).*", "$1"))
                .toList();
    }

    /** As libreswan, which reads nothing while updown runs: the answer to what is deleted finds nobody. */
    @Test
    void whatComesWhileTheScriptRunsComesTooLate() {
        Pair pair = Ikev1Pair.up(35);
        Duration atOnce = Duration.ofNanos(1000);
        pair.world.weather(new Weather(0, 0, atOnce, atOnce));
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.log()).as(pair.trace()).noneMatch(line -> line.contains("ignoring Delete SA payload"));
        assertThat(pair.west.pluto().saCount()).isZero();
        assertThat(pair.east.pluto().saCount()).isZero();
    }

    /** A Quick Mode that ends while another's script runs, before its turn: then nothing of it is tried in the kernel. */
    @Test
    void whatEndsBeforeItsTurnIsNotInstalled() {
        Pair pair = Ikev1Pair.up(38);
        Duration atOnce = Duration.ofNanos(1000);
        pair.world.weather(new Weather(0, 0, atOnce, atOnce));
        for (SimHost host : List.of(pair.west, pair.east)) {
            for (String name : List.of("q", "r")) {
                host.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel(name)
                        .set(ConnectionOption.PFS, false)
                        .left(Ikev1Pair.end(Pair.WEST, "@west", "q".equals(name) ? "10.7.0.0/24" : "10.8.0.0/24")
                                .build())
                        .build())));
            }
        }
        pair.world.run(Duration.ofMillis(10));
        pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("q", Optional.empty())));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.QUICK_I1), Duration.ofSeconds(1)))
                .isTrue();
        pair.east.whack(WhackRequest.of(new WhackCommand.Route("r")));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.east, V1State.QUICK_R0), Duration.ofMillis(500)))
                .as(pair.trace())
                .isTrue();
        IkeSa ike = pair.west.ikeSas().get(0);
        Bytes cookies = ike.initiatorSpi().octets().plus(ike.responderSpi().octets());
        Ikev1Crafted.inform(
                pair.world, ike, new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), List.of(cookies)));
        pair.world.run(Duration.ofNanos(5000));
        pair.world.pass(octets -> false);
        pair.world.run(Duration.ofSeconds(2));
        assertThat(Ikev1Pair.has(pair.east, V1State.QUICK_R0)).as(pair.trace()).isFalse();
        assertThat(pair.east.kernel().installed()).as(pair.trace()).hasSize(2);
        assertThat(pair.east.log()).noneMatch(line -> line.contains("setup_half_ipsec_sa"));
    }

    /** Whoever does not wait hears of nothing, and is not held up: so auto=start begins all connections at once. */
    @Test
    void inTheBackgroundNobodyWaits() {
        Pair pair = Ikev1Pair.listening(36);
        SimHost.SimSession session = pair.west.whack(WhackRequest.of(new WhackCommand.Initiate("t", Optional.empty()))
                .inBackground());
        pair.world.run(Duration.ofMillis(1));
        assertThat(session.isFinished()).isTrue();
        assertThat(session.lines()).isEmpty();
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .isTrue();
    }

    /** Who tries without end lets whoever waits go after the first time; so do those that share the ISAKMP SA. */
    @Test
    void nobodyWaitsForFurtherTries() {
        Pair pair = Ikev1Pair.listening(37);
        pair.west.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("u")
                .right(Ikev1Pair.end(Pair.EAST, "@east", "203.0.113.0/24").build())
                .build())));
        pair.world.run(Duration.ofMillis(10));
        pair.world.pass(octets -> false);
        List<SimHost.SimSession> sessions = List.of("t", "u").stream()
                .map(name -> pair.west.whack(WhackRequest.of(new WhackCommand.Initiate(name, Optional.empty()))))
                .toList();
        pair.world.run(Duration.ofSeconds(70));
        assertThat(sessions).as(pair.trace()).allMatch(SimHost.SimSession::isFinished);
        assertThat(sessions.get(0).lines())
                .last()
                .isEqualTo("000 \"t\" #1: starting keying attempt 2 of an unlimited number, but releasing whack");
        assertThat(sessions.get(1).lines())
                .last()
                .isEqualTo(
                        "000 \"u\": starting keying attempt 2 of an unlimited number for IKE SA, but releasing whack for"
                                + " pending IPsec SA");
    }

    @Test
    void aSharedIsakmpSaGoesWithItsConnection() {
        Pair pair = Ikev1Pair.listening(34);
        ConnectionRequest other = Ikev1Pair.tunnel("u")
                .left(Ikev1Pair.end(Pair.WEST, "@west", "203.0.113.0/25").build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", "203.0.113.128/25").build())
                .build();
        pair.west.whack(WhackRequest.of(new WhackCommand.Add(other)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(other)));
        Pair.initiate(pair.west, "t");
        Pair.initiate(pair.west, "u");
        pair.world.run(Duration.ofSeconds(3));
        SimHost.SimSession session = pair.west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(session.lines())
                .as(pair.trace())
                .anyMatch(line -> line.contains("IKE SA is shared - only terminating IPsec SA"))
                .anyMatch(line -> line.contains("\"t\" #1: deleting state (STATE_MAIN_I4)"));
    }

    private static List<String> initiated(Pair pair) {
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(3));
        return session.lines();
    }
}
