// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.junit.jupiter.api.Test;

/** How long SAs of IKEv1 live, what takes their place, and what becomes of what waits for them. */
class Ikev1LifetimesTest {
    private static UnaryOperator<ConnectionRequest.Builder> lives(int ike, int ipsec, int margin) {
        return b -> b.set(ConnectionOption.IKE_LIFETIME, Duration.ofSeconds(ike))
                .set(ConnectionOption.IPSEC_LIFETIME, Duration.ofSeconds(ipsec))
                .set(ConnectionOption.REKEY_MARGIN, Duration.ofSeconds(margin))
                .set(ConnectionOption.REKEY_FUZZ, 0L);
    }

    private static long count(SimHost host, Class<? extends Sa> kind) {
        long count = 0;
        for (Sa sa : host.pluto().sas()) {
            count += kind.isInstance(sa) ? 1 : 0;
        }
        return count;
    }

    private static List<String> masked(SimHost host) {
        return host.log().stream()
                .map(line -> line.replaceAll("aged [0-9.]+s", "aged Ns").replaceAll("msgid:\\w+", "msgid:N"))
                .toList();
    }

    private static boolean says(SimHost host, String text) {
        return host.log().stream().anyMatch(line -> line.contains(text));
    }

    @Test
    void anIpsecSaIsReplacedByItsInitiatorAndGoesAtItsEnd() {
        Pair pair = Ikev1Pair.up(1, lives(3600, 100, 20));
        pair.world.run(Duration.ofSeconds(81));
        assertThat(masked(pair.west))
                .anyMatch(line -> line.startsWith("\"t\" #3: initiating Quick Mode ")
                        && line.contains(" to replace #2 {using isakmp#1 msgid:N "));
        assertThat(masked(pair.west)).contains("\"t\" #3: sent Quick Mode request, to replace #2");
        assertThat(count(pair.west, ChildSa.class)).isEqualTo(2);
        assertThat(count(pair.east, ChildSa.class)).isEqualTo(2);
        pair.world.run(Duration.ofSeconds(21));
        assertThat(count(pair.west, ChildSa.class)).as(pair.trace()).isEqualTo(1);
        assertThat(count(pair.east, ChildSa.class)).isEqualTo(1);
        assertThat(masked(pair.west))
                .contains("\"t\" #2: deleting state (STATE_QUICK_I2) aged Ns and sending notification");
        assertThat(says(pair.east, "initiating Quick Mode")).isFalse();
    }

    @Test
    void anIsakmpSaIsReplacedAndItsIpsecSasLiveOn() {
        Pair pair = Ikev1Pair.up(2, lives(100, 3600, 20));
        pair.world.run(Duration.ofSeconds(81));
        assertThat(masked(pair.west))
                .contains(
                        "\"t\" #3: initiating IKEv1 Main Mode connection to replace #1",
                        "\"t\" #3: sent Main Mode request, replacing #1");
        pair.world.run(Duration.ofSeconds(25));
        assertThat(count(pair.west, IkeSa.class)).as(pair.trace()).isEqualTo(1);
        assertThat(count(pair.west, ChildSa.class)).isEqualTo(1);
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.contains("#2: \"t\":500 STATE_QUICK_I2") && line.contains(" ISAKMP SA #1;"));
        // The successor tells of the IPsec SA's end.
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
    }

    @Test
    void whatIsNotToBeRekeyedExpires() {
        Pair pair = Ikev1Pair.up(3, b -> lives(200, 100, 20).apply(b).set(ConnectionOption.DONT_REKEY, true));
        pair.world.run(Duration.ofSeconds(101));
        assertThat(count(pair.west, ChildSa.class)).as(pair.trace()).isZero();
        assertThat(says(pair.west, " to replace #2")).isFalse();
    }

    /** Whether an SA is replaced by a kernel that does not tell when packets went by it. */
    private static boolean isReplaced(boolean used) {
        Pair pair = Ikev1Pair.up(3, b -> lives(200, 100, 20).apply(b).set(ConnectionOption.DONT_REKEY, true));
        pair.west.kernel().tellLess();
        pair.world.run(Duration.ofSeconds(50));
        if (used) {
            pair.west.kernel().carry(outbound(pair), 84);
        }
        pair.world.run(Duration.ofSeconds(51));
        return says(pair.west, " to replace #2");
    }

    private static SaId outbound(Pair pair) {
        return pair.west.kernel().installed().stream()
                .filter(sa -> !sa.inbound())
                .findFirst()
                .orElseThrow()
                .id();
    }

    @Test
    void aKernelThatDoesNotTellOfUseHasItsCountersCompared() {
        assertThat(isReplaced(true)).isTrue();
        assertThat(isReplaced(false)).isFalse();
    }

    @Test
    void anIsakmpSaThatIsNotToBeRekeyedExpires() {
        Pair pair = Ikev1Pair.up(7, b -> lives(100, 3600, 20).apply(b).set(ConnectionOption.DONT_REKEY, true));
        pair.world.run(Duration.ofSeconds(101));
        assertThat(says(pair.east, "#1: IKE SA expired (--dontrekey)"))
                .as(pair.trace())
                .isTrue();
        assertThat(count(pair.west, IkeSa.class)).isZero();
        assertThat(count(pair.west, ChildSa.class)).isEqualTo(1);
        assertThat(says(pair.west, " to replace #1")).isFalse();
    }

    @Test
    void aQuickModeThatIsNotAnsweredIsTriedAgain() {
        Pair pair = Ikev1Pair.listening(4, b -> b.set(ConnectionOption.KEYING_TRIES, 2L)
                .set(ConnectionOption.RETRANSMIT_TIMEOUT, Duration.ofSeconds(4)));
        // Exchange type 32 is Quick Mode.
        pair.world.pass(packet -> packet.get(18) != 32);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(6));
        assertThat(says(pair.west, "#2: starting keying attempt 2 of at most 2, but releasing whack"))
                .as(pair.trace())
                .isTrue();
        assertThat(masked(pair.west))
                .contains(
                        "\"t\" #3: sent Quick Mode request, to replace #2",
                        "\"t\" #2: deleting state (STATE_QUICK_I1) aged Ns and NOT sending notification");
        pair.world.run(Duration.ofSeconds(6));
        assertThat(count(pair.west, ChildSa.class)).as(pair.trace()).isZero();
        assertThat(count(pair.west, IkeSa.class)).isEqualTo(1);
    }

    @Test
    void aQuickModeWhoseIsakmpSaGoesBeginsAnew() {
        Pair pair = Ikev1Pair.listening(5);
        pair.world.pass(packet -> packet.get(18) != 32);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        pair.east.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(masked(pair.west))
                .as(pair.trace())
                .containsSubsequence(
                        "\"t\" #1: received Delete SA payload: self-deleting ISAKMP State #1",
                        "\"t\" #1: deleting state (STATE_MAIN_I4) aged Ns and sending notification",
                        "\"t\" #2: reschedule pending IPsec SA - the ISAKMP SA #1 is going away",
                        "\"t\" #1: deleting ISAKMP SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS",
                        "\"t\" #3: initiating IKEv1 Main Mode connection");
        pair.world.pass(packet -> true);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(20)))
                .as(pair.trace())
                .isTrue();
        assertThat(count(pair.west, IkeSa.class)).isEqualTo(1);
    }

    @Test
    void whatWaitsForAnIsakmpSaIsToldAndWaitsOnce() {
        Pair pair = Ikev1Pair.listening(6);
        pair.world.pass(packet -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(100));
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.endsWith("#1: pending Phase 2 for \"t\""));
        pair.initiate(pair.west);
        assertThat(pair.west.whack(WhackRequest.of(new WhackCommand.ShowStates())).lines().stream()
                        .filter(line -> line.contains("pending Phase 2")))
                .hasSize(1);
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isZero();
    }

    /** The kernel says that an SA has carried nearly all it may. */
    @Test
    void anIpsecSaThatCarriedEnoughIsReplaced() {
        Pair pair = Ikev1Pair.up(1);
        pair.west
                .pluto()
                .expired(
                        pair.west.kernel().installed().get(0).id(),
                        false,
                        new SaCounters(588, 7, Instant.EPOCH, Optional.empty()));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(says(pair.west, " to replace #2 {using isakmp#1 "))
                .as(pair.trace())
                .isTrue();
        assertThat(count(pair.east, ChildSa.class)).isEqualTo(2);
    }

    /** By the number of an SA, a command can have it replaced; by the name of a connection it cannot. */
    @Test
    void anSaIsReplacedAtCommand() {
        Pair pair = Ikev1Pair.up(1);
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("t")));
        assertThat(says(pair.west, "cannot force rekey of IKEv1 connection")).isTrue();
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIpsec("2")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(says(pair.west, " to replace #2 {using isakmp#1 "))
                .as(pair.trace())
                .isTrue();
        pair.west.whack(WhackRequest.of(new WhackCommand.RekeyIke("1")));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(says(pair.west, "initiating IKEv1 Main Mode connection to replace #1"))
                .as(pair.trace())
                .isTrue();
        assertThat(count(pair.west, IkeSa.class)).isEqualTo(2);
    }
}
