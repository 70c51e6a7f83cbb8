// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
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

/** Peers of IKEv1 that are alive, and peers that are not (RFC 3706): {@code dpddelay=}, {@code dpdtimeout=}. */
class DeadPeerTest {
    private static final Duration DELAY = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static UnaryOperator<ConnectionRequest.Builder> watching(DpdAction action) {
        return b -> b.set(ConnectionOption.DPD_DELAY, DELAY)
                .set(ConnectionOption.DPD_TIMEOUT, TIMEOUT)
                .set(ConnectionOption.DPD_ACTION, action);
    }

    private static Connection connection(SimHost host) {
        return host.pluto().connections().findConfigured("t").orElseThrow();
    }

    private static ChildSa child(SimHost host) {
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof ChildSa child) {
                return child;
            }
        }
        throw new AssertionError("no IPsec SA");
    }

    private static List<String> states(SimHost host) {
        return host.whack(WhackRequest.of(new WhackCommand.ShowStates())).lines();
    }

    private static List<String> deaths(SimHost host) {
        return host.log().stream().filter(line -> line.contains(": DPD")).toList();
    }

    @Test
    void aPeerThatIsAliveIsAskedAndAnswers() {
        Pair pair = Ikev1Pair.up(1, watching(DpdAction.RESTART));
        assertThat(pair.west.log()).anyMatch(line -> line.endsWith("DPD=active}"));
        int before = pair.west.log().size();
        pair.world.run(Duration.ofMinutes(5));
        assertThat(pair.west.log()).as(pair.trace()).hasSize(before);
        assertThat(Ikev1Pair.isUp(pair)).isTrue();
        assertThat(states(pair.west))
                .anyMatch(line -> line.matches(".* lastdpd=[0-5]s\\(seq in:[1-9][0-9]* out:0\\); idle;"));
        assertThat(states(pair.west)).anyMatch(line -> line.contains("; DPD in "));
        assertThat(pair.trace())
                .containsPattern("west\\| DPD: R_U_THERE_ACK, seqno received: ([0-9]+) expected: \\1 \\(state=#1\\)");
    }

    @Test
    void trafficOfThePeerIsASignOfLife() {
        Pair pair = Ikev1Pair.up(2, watching(DpdAction.RESTART));
        pair.world.pass(packet -> false);
        for (int at = 0; at < 30; at++) {
            pair.west.kernel().carry(child(pair.west).inbound().orElseThrow(), 100);
            pair.world.run(Duration.ofSeconds(2));
        }
        assertThat(deaths(pair.west)).as(pair.trace()).isEmpty();
    }

    @Test
    void aDeadPeerIsBegunAnew() {
        Pair pair = Ikev1Pair.up(3, watching(DpdAction.RESTART));
        pair.world.pass(packet -> false);
        pair.world.run(DELAY.plus(TIMEOUT).plusSeconds(1));
        assertThat(deaths(pair.west))
                .as(pair.trace())
                .containsExactly("\"t\" #1: DPD action - restarting all connections that share this peer");
        assertThat(pair.west.log())
                .containsSubsequence(
                        "\"t\" #1: DPD action - restarting all connections that share this peer",
                        "\"t\": terminating SAs using this connection",
                        "\"t\" #3: initiating IKEv1 Main Mode connection",
                        "\"t\" #3: sent Main Mode request");
        pair.world.pass(packet -> true);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(90)))
                .as(pair.trace())
                .isTrue();
    }

    @Test
    void theConnectionOfADeadPeerIsHeld() {
        Pair pair = Ikev1Pair.up(4, b -> watching(DpdAction.HOLD).apply(b));
        pair.west.whack(WhackRequest.of(new WhackCommand.Route("t")));
        pair.world.pass(packet -> false);
        pair.world.run(DELAY.plus(TIMEOUT).plusSeconds(1));
        assertThat(deaths(pair.east)).containsExactly("\"t\" #1: DPD action - putting connection into hold");
        assertThat(connection(pair.east).routing()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.east.kernel().installed()).isEmpty();
        // West wants it up.
        assertThat(pair.west.log())
                .anyMatch(line -> line.endsWith(
                        ": deleting ISAKMP SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS"));
    }

    @Test
    void theConnectionOfADeadPeerIsCleared() {
        Pair pair = Ikev1Pair.up(5, watching(DpdAction.CLEAR));
        pair.world.pass(packet -> false);
        pair.world.run(DELAY.plus(TIMEOUT).plusSeconds(1));
        assertThat(deaths(pair.east)).containsExactly("\"t\" #1: DPD action - clearing connection kind CK_PERMANENT");
        assertThat(connection(pair.east).routing()).isEqualTo(RoutingState.UNROUTED);
        assertThat(pair.east.kernel().policies()).as(pair.trace()).isEmpty();
    }
}
