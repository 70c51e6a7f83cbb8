// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.IkeSa;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimKernel.Fate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets to hosts that nobody knows: encrypted if their hosts agree, else as the group says. */
class OpportunisticTest extends OpportunisticScene {
    OpportunisticTest() {
        super(7);
    }

    @Test
    void packetsPassInClearUntilTheyAreEncrypted() {
        peer(PEER);
        route(host, group("private-or-clear", HOST, Shunt.PASS, Shunt.PASS), "192.0.2.0/24\n");
        assertThat(ping(PEER)).as("the first packet waits").isEqualTo(Fate.HELD);
        world.run(Duration.ZERO);
        assertThat(ping(PEER)).as("the next pass").isEqualTo(Fate.CLEAR);
        world.run(Duration.ofSeconds(2));
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.PROTECTED);
        assertThat(shunts()).isEmpty();
        assertThat(instances().get(0).toString()).isEqualTo("\"private-or-clear#192.0.2.0/24\"[1] ..." + PEER);
        assertThat(instances().get(0).routing()).isEqualTo(RoutingState.ROUTED_TUNNEL);
        assertThat(host.kernel().takes(end(PEER, 8), end(HOST, 0)))
                .as("no clear packet from there")
                .isFalse();
        assertThat(host.log())
                .contains("initiate on-demand for packet 192.0.2.254:8-ICMP->192.0.2.1:0")
                .noneMatch(line -> line.contains("initiating IKEv2 connection"));

        host.whack(WhackRequest.of(new WhackCommand.Delete("private-or-clear", false)));
        world.run(Duration.ofSeconds(2));
        assertThat(host.kernel().policies()).as(trace()).isEmpty();
        assertThat(host.kernel().spis()).isZero();
        assertThat(host.pluto().connections().size()).isZero();
    }

    /** Whoever waits for another's IKE SA fails with it, and is tried again by the next packet. */
    @Test
    void severalProtocolsOfASilentPeerFailTogether() {
        for (Shunt negotiation : List.of(Shunt.PASS, Shunt.HOLD)) {
            OpportunisticTest scene = new OpportunisticTest();
            scene.route(
                    scene.host,
                    group("private", HOST, negotiation, Shunt.DROP),
                    "192.0.2.0/24 6 0 0\n192.0.2.0/24 17 0 0\n192.0.2.0/24 1 0 0\n");
            for (int protocol : List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP)) {
                assertThat(scene.host.kernel().packet(any(HOST, protocol), any(PEER, protocol)))
                        .isEqualTo(Fate.HELD);
            }
            scene.world.run(Duration.ofSeconds(1));
            assertThat(scene.instances()).as(scene.trace()).hasSize(3);
            assertThat(scene.host.ikeSas()).hasSize(1);
            scene.world.run(Duration.ofSeconds(70));
            assertThat(scene.instances()).as(scene.trace()).isEmpty();
            assertThat(scene.shunts()).hasSize(3).allMatch(line -> line.contains("%drop"));
            for (int protocol : List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.ICMP)) {
                assertThat(scene.host.kernel().packet(any(HOST, protocol), any(PEER, protocol)))
                        .isEqualTo(Fate.BLOCKED);
            }
        }
    }

    private static Selector any(String address, int protocol) {
        return new Selector(Subnet.of(address + "/32"), protocol, 0);
    }

    @Test
    void whoIsAskedAgainHasNotFailedYet() {
        ConnectionRequest.Builder twice =
                groupBuilder("private-or-clear", HOST, Shunt.PASS, Shunt.DROP).set(ConnectionOption.KEYING_TRIES, 2L);
        route(host, twice.build(), "192.0.2.0/24\n");
        assertThat(ping(PEER)).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(70));
        assertThat(host.ikeSas())
                .as(trace())
                .singleElement()
                .extracting(IkeSa::attempt)
                .isEqualTo(2L);
        assertThat(shunts()).isEmpty();
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.CLEAR);
        world.run(Duration.ofSeconds(70));
        assertThat(shunts()).as(trace()).hasSize(1);
        assertThat(ping(PEER)).isEqualTo(Fate.BLOCKED);
    }

    /** Each pair of shunts: what packets meet while nobody answers, after that, and when the shunt is too old. */
    @Test
    void whoDoesNotAnswerMeetsTheFailureShunt() {
        for (Shunt negotiation : List.of(Shunt.PASS, Shunt.HOLD)) {
            for (Shunt failure : List.of(Shunt.PASS, Shunt.DROP, Shunt.REJECT, Shunt.NONE)) {
                OpportunisticTest scene = new OpportunisticTest();
                scene.fail(negotiation, failure);
            }
        }
    }

    private void fail(Shunt negotiation, Shunt failure) {
        String what = negotiation + " then " + failure;
        route(host, group("private-or-clear", HOST, negotiation, failure), "192.0.2.0/24\n");
        assertThat(ping(PEER)).as(what).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(1));
        assertThat(ping(PEER)).as(what).isEqualTo(negotiation == Shunt.PASS ? Fate.CLEAR : Fate.HELD);
        assertThat(instances()).as(what).hasSize(1);
        assertThat(shunts()).as(what).isEmpty();
        world.run(Duration.ofSeconds(70));
        assertThat(instances()).as(what + trace()).isEmpty();
        boolean same = negotiation == failure;
        assertThat(shunts())
                .as(what)
                .containsExactly("192.0.2.254/32 -0-> 192.0.2.1/32 => "
                        + (failure == Shunt.NONE
                                ? "%unk-0"
                                : "%" + failure.toString().toLowerCase(Locale.ROOT))
                        + " 0    " + (same ? "oe-failing" : "oe-failed"));
        assertThat(ping(PEER)).as(what).isEqualTo(failure == Shunt.PASS ? Fate.CLEAR : Fate.BLOCKED);
        world.run(Duration.ofSeconds(LIFETIME + 20));
        assertThat(shunts()).as(what).isEmpty();
        assertThat(ping(PEER)).as("asked again: " + what).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(1));
        assertThat(instances().get(0).instanceNumber()).isEqualTo(2);
        host.whack(WhackRequest.of(new WhackCommand.Shutdown(false)));
        world.run(Duration.ofSeconds(1));
        assertThat(host.kernel().policies()).as(what).isEmpty();
    }

    /** What is sent before it is translated is protected by a policy in the place of the host's trap, which comes back. */
    @Test
    void aHostIsTrappedAgainAfterTranslation() {
        world.translate(HOST, "203.0.113.1");
        EndRequest anybody = RoadScene.end(HostSpec.special(HostSpec.Kind.OPPORTUNISTIC_GROUP))
                .set(EndOption.AUTH, EndAuthentication.NULL)
                .set(EndOption.ID, "%null")
                .set(EndOption.ADDRESS_POOL, new AddressRange(IpAddress.of("192.0.3.1"), IpAddress.of("192.0.3.9")))
                .build();
        SimHost peer = peer(
                PEER,
                groupBuilder("clear-or-private", PEER, Shunt.PASS, Shunt.PASS)
                        .right(anybody)
                        .build());
        peer.setGroup("clear-or-private", "203.0.113.0/24\n");
        peer.whack(WhackRequest.of(new WhackCommand.Listen()));
        EndRequest us = RoadScene.end(HostSpec.of(IpAddress.of(HOST)))
                .set(EndOption.AUTH, EndAuthentication.NULL)
                .set(EndOption.ID, "%null")
                .set(EndOption.MODECFG_CLIENT)
                .set(EndOption.CAT)
                .build();
        route(
                host,
                groupBuilder("private", HOST, Shunt.HOLD, Shunt.DROP).left(us).build(),
                PEER + "\n");
        assertThat(ping(PEER)).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(2));
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.PROTECTED);
        assertThat(host.log()).anyMatch(line -> line.contains("received INTERNAL_IP4_ADDRESS 192.0.3.1"));
        peer.whack(WhackRequest.of(new WhackCommand.Delete("clear-or-private", false)));
        world.run(Duration.ofSeconds(2));
        assertThat(instances()).as(trace()).isEmpty();
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.HELD);
        host.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        world.run(Duration.ofSeconds(2));
        assertThat(host.kernel().policies()).as(trace()).isEmpty();
    }

    /** Networks and hosts of either family in one file; where one of IPv6 does not answer, only its packets are lost. */
    @Test
    void groupsHaveMembersOfIpv6() {
        String us = "2001:db8::fe";
        String there = "2001:db8::1";
        SimHost host6 = world.host("host6", us, Pair.secrets(Pair.SECRET));
        SimHost peer = peer(there, group("clear-or-private", there, Shunt.PASS, Shunt.PASS));
        peer.setGroup("clear-or-private", "2001:db8::/32\n");
        peer.whack(WhackRequest.of(new WhackCommand.Listen()));
        route(host6, group("private", us, Shunt.HOLD, Shunt.DROP), "192.0.2.0/24\n2001:db8::/64\n2001:db8::77\n");
        for (String to : List.of(there, "2001:db8::77", "2001:db8::32")) {
            assertThat(ping(host6, us, to)).isEqualTo(Fate.HELD);
        }
        world.run(Duration.ofSeconds(70));
        assertThat(ping(host6, us, there)).as(trace()).isEqualTo(Fate.PROTECTED);
        assertThat(host6.log())
                .anyMatch(line -> line.startsWith("\"private#2001:db8::/64\"[1] ..." + there + " #")
                        && line.contains("initiator established Child SA"));
        assertThat(shunts(host6))
                .containsExactlyInAnyOrder(
                        us + "/128 -0-> 2001:db8::32/128 => %drop 0    oe-failed",
                        us + "/128 -0-> 2001:db8::77/128 => %drop 0    oe-failed");
        assertThat(ping(host6, us, "2001:db8::32")).isEqualTo(Fate.BLOCKED);
        assertThat(ping(host6, us, "2001:db8::77")).as("as a host of IPv4").isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(LIFETIME + 20));
        assertThat(ping(host6, us, "2001:db8::32")).isEqualTo(Fate.HELD);
        host6.whack(WhackRequest.of(new WhackCommand.Shutdown(false)));
        world.run(Duration.ofSeconds(5));
        assertThat(host6.kernel().policies()).as(trace()).isEmpty();
    }

    private static Fate ping(SimHost from, String us, String to) {
        return from.kernel().packet(icmp6(us, 128), icmp6(to, 0));
    }

    private static Selector icmp6(String address, int type) {
        return new Selector(Subnet.host(IpAddress.of(address)), 58, type);
    }

    @Test
    void theNextLookAfterShuntsIsListed() {
        assertThat(events()).contains("000 global periodic timer EVENT_SHUNT_SCAN in 20");
        world.run(Duration.ofSeconds(7));
        List<String> quiet = events();
        route(host, group("private", HOST, Shunt.HOLD, Shunt.DROP), "192.0.2.0/24\n");
        assertThat(ping(PEER)).isEqualTo(Fate.HELD);
        assertThat(quiet)
                .containsExactly(
                        "000 it is now: N seconds since monotonic epoch",
                        "000 global periodic timer EVENT_REINIT_SECRET in 3593",
                        "000 global periodic timer EVENT_SHUNT_SCAN in 13",
                        "000 global periodic timer EVENT_PENDING_DDNS in 53",
                        "000 global periodic timer EVENT_PENDING_PHASE2 in 113",
                        "000 global periodic timer EVENT_RESET_LOG_LIMITER in 3593",
                        "000 signal event handler PLUTO_SIGCHLD",
                        "000 signal event handler PLUTO_SIGTERM",
                        "000 signal event handler PLUTO_SIGHUP",
                        "000 event PLUTO_CTL_FD is not timer based",
                        "000 event PLUTO_CTL_FD is not timer based",
                        "000 event KERNEL_ROUTE_FD is not timer based",
                        "000 event KERNEL_ROUTE_FD is not timer based",
                        "000 event KERNEL_XRM_FD is not timer based",
                        "000 event KERNEL_XRM_FD is not timer based");
        world.run(Duration.ofSeconds(70));
        assertThat(events()).as("the shunt of a failure").contains("000 global periodic timer EVENT_SHUNT_SCAN in 20");
    }

    private List<String> events() {
        // At a whole second of the simulation.
        SimSession session = host.whack(WhackRequest.of(new WhackCommand.ListEvents()));
        return session.lines(line -> line.replaceFirst("now: [0-9]+", "now: N")
                .replaceFirst("is scheduled for [0-9]+ .in ([0-9]+).* seconds.", "in $1"));
    }

    /** Who it is that does not want to be protected has not been proven by anybody: packets are not in clear for that. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.0/24\n", PEER + "\n"})
    void whoRefusesTheChildSaMeetsTheFailureShunt(String members) {
        SimHost peer = peer(
                PEER,
                groupBuilder("clear-or-private", PEER, Shunt.PASS, Shunt.PASS)
                        .set(ConnectionOption.ESP, "aes128-sha1")
                        .build());
        route(
                host,
                groupBuilder("private", HOST, Shunt.PASS, Shunt.DROP)
                        .set(ConnectionOption.ESP, "aes_gcm256")
                        .build(),
                members);
        // A host of its own is trapped again at once where the second instance goes.
        int times = members.startsWith(PEER) ? 1 : 2;
        for (int instance = 1; instance <= times; instance++) {
            assertThat(ping(PEER)).isEqualTo(Fate.HELD);
            world.run(Duration.ofSeconds(2));
            assertThat(peer.ikeSas()).as(trace()).hasSize(1);
            assertThat(host.ikeSas()).hasSize(1);
            assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.BLOCKED);
            assertThat(shunts())
                    .as(trace())
                    .containsExactly("192.0.2.254/32 -0-> 192.0.2.1/32 => %drop 0    oe-failed");
            world.run(Duration.ofSeconds(LIFETIME + 20));
            assertThat(shunts()).isEmpty();
        }
        assertThat(ping(PEER)).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(LIFETIME + 20));
        assertThat(host.log()).as(trace()).anyMatch(line -> line.contains("[" + (times + 1) + "]"));
        host.whack(WhackRequest.of(new WhackCommand.Delete("private", false)));
        world.run(Duration.ofSeconds(2));
        assertThat(host.kernel().policies()).as(trace()).isEmpty();
        assertThat(host.pluto().connections().size()).isZero();
    }

    @Test
    void aHostOfItsOwnIsTrappedAgainAtOnce() {
        route(host, group("private-or-clear", HOST, Shunt.PASS, Shunt.PASS), PEER + "\n");
        assertThat(ping(PEER)).isEqualTo(Fate.HELD);
        world.run(Duration.ofSeconds(1));
        assertThat(ping(PEER)).isEqualTo(Fate.CLEAR);
        Connection template = host.pluto()
                .connections()
                .findConfigured("private-or-clear#" + PEER + "/32")
                .orElseThrow();
        assertThat(template.routing()).isEqualTo(RoutingState.ROUTED_ECLIPSED);
        world.run(Duration.ofSeconds(70));
        assertThat(template.routing()).as(trace()).isEqualTo(RoutingState.ROUTED_PROSPECTIVE);
        assertThat(shunts()).hasSize(1);
        assertThat(ping(PEER)).as("as libreswan: whatever the list says").isEqualTo(Fate.HELD);
    }

    @Test
    void aMemberThatWasDeletedComesBackWithItsFile() {
        route(host, group("private-or-clear", HOST, Shunt.HOLD, Shunt.DROP), "192.0.2.0/24\n");
        host.whack(WhackRequest.of(new WhackCommand.Delete("private-or-clear#192.0.2.0/24", false)));
        world.run(Duration.ofSeconds(1));
        assertThat(ping(PEER)).isEqualTo(Fate.CLEAR);
        host.whack(WhackRequest.of(new WhackCommand.RereadGroups()));
        world.run(Duration.ofSeconds(1));
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.HELD);
    }

    /** What was trapped stays so when another interface has the address. */
    @Test
    void membersAreTrappedAgainWithTheirAddress() {
        route(host, group("private-or-clear", HOST, Shunt.HOLD, Shunt.DROP), "192.0.2.0/24\n");
        host.setInterfaceName("eth1");
        host.whack(WhackRequest.of(new WhackCommand.Listen()));
        world.run(Duration.ofSeconds(1));
        assertThat(host.log()).as(trace()).anyMatch(line -> line.contains("adding UDP interface eth1"));
        assertThat(ping(PEER)).as(trace()).isEqualTo(Fate.HELD);
    }

    @Test
    void aUserMayActThePacket() {
        peer(PEER);
        route(host, group("private-or-clear", HOST, Shunt.PASS, Shunt.PASS), "192.0.2.0/24\n");
        SimSession session = host.whack(WhackRequest.of(
                new WhackCommand.OpportunisticInitiate(IpAddress.of(HOST), 8, IpAddress.of(PEER), 0, IpProtocol.ICMP)));
        world.run(Duration.ofSeconds(2));
        assertThat(session.isFinished()).isTrue();
        assertThat(session.lines())
                .map(line -> line.replaceFirst("(peer|SA) using .*", "$1"))
                .containsExactly(
                        "002 initiate on-demand for packet 192.0.2.254:8-ICMP->192.0.2.1:0 by whack",
                        "181 \"private-or-clear#192.0.2.0/24\"[1] ...192.0.2.1 #1: initiating IKEv2 connection",
                        "003 \"private-or-clear#192.0.2.0/24\"[1] ...192.0.2.1 #1: initiator established IKE SA;"
                                + " authenticated peer",
                        "004 \"private-or-clear#192.0.2.0/24\"[1] ...192.0.2.1 #2: initiator established Child SA");
        assertThat(ping(PEER)).isEqualTo(Fate.PROTECTED);
        assertThat(shunts()).isEmpty();
    }

    /** Some answer, some refuse to, most are not there. */
    @Test
    void hundredsOfPeersAtOnce() {
        int all = 250;
        int answering = 20;
        for (int i = 1; i <= answering; i++) {
            peer("192.0.2." + i);
        }
        for (int i = answering + 1; i <= 2 * answering; i++) {
            RoadScene.listening(world.host("stranger" + i, "192.0.2." + i, Pair.secrets(Pair.SECRET)));
        }
        route(host, group("private-or-clear", HOST, Shunt.PASS, Shunt.PASS), "192.0.2.0/24\n");
        List<String> peers = new ArrayList<>();
        for (int i = 1; i <= all; i++) {
            peers.add("192.0.2." + i);
        }
        peers.forEach(peer -> assertThat(ping(peer)).isEqualTo(Fate.HELD));
        world.run(Duration.ofSeconds(10));
        assertThat(host.kernel().installed()).as("two for each that answers").hasSize(2 * answering);
        world.run(Duration.ofSeconds(70));
        assertThat(instances()).hasSize(answering);
        assertThat(host.pluto().saCount()).isEqualTo(2 * answering);
        assertThat(shunts()).hasSize(all - answering);
        for (int i = 1; i <= all; i++) {
            assertThat(ping("192.0.2." + i)).isEqualTo(i <= answering ? Fate.PROTECTED : Fate.CLEAR);
        }
        world.run(Duration.ofSeconds(LIFETIME + 20));
        assertThat(shunts()).isEmpty();
        assertThat(host.kernel().policies())
                .as("the trap, and three for each that answers")
                .hasSize(1 + 3 * answering);
        host.whack(WhackRequest.of(new WhackCommand.Shutdown(false)));
        world.run(Duration.ofSeconds(5));
        assertThat(host.isShutDown()).isTrue();
        assertThat(host.pluto().saCount()).isZero();
        assertThat(host.kernel().policies()).isEmpty();
        assertThat(host.kernel().spis()).isZero();
        assertThat(Optional.of(host.log()))
                .hasValueSatisfying(log -> assertThat(log).noneMatch(line -> line.contains("CONFLICTING")));
    }
}
