// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.DpdAction;
import org.jswan.connection.RoutingState;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.KnownVendorId;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.Doi;
import org.jswan.wire.v1.ProtocolId;
import org.junit.jupiter.api.Test;

/** Peers of IKEv1 that are alive, and peers that are not (RFC 3706): {@code dpddelay=}, {@code dpdtimeout=}. */
class DeadPeerTest {
    private static final Duration DELAY = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    /** By which a peer says that it can be asked. */
    private static final Bytes KNOWS = KnownVendorId.DPD.octets();

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

    /** Of two with one peer, both come up again, by one ISAKMP SA. */
    @Test
    void allConnectionsWithADeadPeerAreBegunAnew() {
        Pair pair = Ikev1Pair.listening(6, watching(DpdAction.RESTART), UnaryOperator.identity());
        ConnectionRequest other = Ikev1Pair.tunnel("u")
                .left(Ikev1Pair.end(Pair.WEST, "@west", "203.0.113.0/25").build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", "203.0.113.128/25").build())
                .build();
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(WhackRequest.of(new WhackCommand.Add(other)));
        }
        pair.world.run(Duration.ofMillis(10));
        Pair.initiate(pair.west, "t");
        Pair.initiate(pair.west, "u");
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.west.kernel().installed()).as(pair.trace()).hasSize(4);
        pair.world.pass(packet -> false);
        pair.world.run(DELAY.plus(TIMEOUT).plusSeconds(1));
        assertThat(deaths(pair.west)).as(pair.trace()).hasSize(1);
        assertThat(pair.west.log())
                .contains(
                        "\"t\": terminating SAs using this connection", "\"u\": terminating SAs using this connection");
        assertThat(pair.west.kernel().installed()).isEmpty();
        pair.world.pass(packet -> true);
        assertThat(pair.world.runUntil(() -> pair.west.kernel().installed().size() == 4, Duration.ofSeconds(90)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.ikeSas()).as(pair.trace()).hasSize(1);
    }

    /** It is not asked, so that its silence is not noticed; whoever wanted it is told. */
    @Test
    void aPeerThatDoesNotKnowOfThisIsNotAsked() {
        Pair pair = Ikev1Pair.listening(7, watching(DpdAction.RESTART), UnaryOperator.identity());
        SimNetwork network = pair.world.network();
        network.filter(datagram -> {
            String text = datagram.octets().hex();
            if (network.captured().size() != 2 || !text.contains(KNOWS.hex())) {
                return true;
            }
            network.deliverLater(new Datagram(
                    datagram.from(),
                    datagram.to(),
                    Bytes.ofHex(text.replace(KNOWS.hex(), "00".repeat(KNOWS.length())))));
            return false;
        });
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.log())
                .contains(
                        "\"t\" #1: Configured DPD (RFC 3706) support not enabled because remote peer did not advertise"
                                + " DPD support")
                .anyMatch(line -> line.endsWith("DPD=unsupported}"));
        long sent = pair.world.datagrams();
        network.filter(datagram -> false);
        pair.world.run(Duration.ofMinutes(5));
        assertThat(pair.world.datagrams()).as(pair.trace()).isEqualTo(sent);
        assertThat(Ikev1Pair.isUp(pair)).isTrue();
    }

    /** An IPsec SA whose ISAKMP SA the peer has ended has nobody who could ask. */
    @Test
    void whatNobodyCanAskForCountsAsDead() {
        Pair pair = Ikev1Pair.listening(8, b -> b, watching(DpdAction.CLEAR));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        IkeSa ike = pair.west.ikeSas().get(0);
        Bytes cookies = ike.initiatorSpi().octets().plus(ike.responderSpi().octets());
        Ikev1Crafted.inform(
                pair.world, ike, new DeletePayload(Doi.IPSEC, ProtocolId.ISAKMP, cookies.length(), List.of(cookies)));
        pair.world.pass(packet -> false);
        pair.world.run(DELAY.plusSeconds(1));
        assertThat(deaths(pair.east))
                .as(pair.trace())
                .containsExactly(
                        "\"t\" #2: DPD: could not find newest phase 1 state - initiating a new one",
                        "\"t\" #2: DPD action - clearing connection kind CK_PERMANENT");
        assertThat(pair.east.kernel().installed()).isEmpty();
    }
}
