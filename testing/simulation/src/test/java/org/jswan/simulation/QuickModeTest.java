// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndOption;
import org.jswan.connection.EndRequest;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelSa;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.junit.jupiter.api.Test;

/** What the kernel gets in the course of Quick Mode (RFC 2409 §5.5). */
class QuickModeTest {
    private static final int FLAGS_AT = 19;

    /** West's third message of Quick Mode never comes. */
    private static Pair unconfirmed(long seed) {
        Pair pair = Ikev1Pair.listening(seed);
        pair.initiate(pair.west);
        pair.world.pass(octets -> !isQuick(octets) || !Ikev1Pair.has(pair.west, V1State.QUICK_I2));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.QUICK_I2), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    private static boolean isQuick(Bytes octets) {
        try {
            return IkeHeader.decode(octets).exchange().equals(ExchangeType.QUICK);
        } catch (WireException other) {
            return false;
        }
    }

    @Test
    void responderTakesPacketsBeforeItSendsThem() {
        Pair pair = unconfirmed(1);
        assertThat(pair.east.kernel().installed()).hasSize(2).anyMatch(KernelSa::inbound);
        assertThat(pair.east.kernel().policies()).isNotEmpty().noneMatch(policy -> policy.direction() == Direction.OUT);
        assertThat(pair.east.scripts()).isEmpty();
    }

    @Test
    void responderSendsWhenTheInitiatorConfirms() {
        Pair pair = Ikev1Pair.up(2);
        assertThat(pair.east.kernel().policies()).anyMatch(policy -> policy.direction() == Direction.OUT);
        assertThat(pair.east.scripts()).isEqualTo(List.of("up-client t", "prepare-client t", "route-client t"));
        assertThat(pair.east.scripts()).isEqualTo(pair.west.scripts());
    }

    @Test
    void nothingIsLeftOfWhatIsNeverConfirmed() {
        Pair pair = unconfirmed(3);
        // Nor does the initiator hear that the responder gives up.
        pair.world.pass(octets -> false);
        pair.world.run(Duration.ofMinutes(3));
        assertThat(pair.east.kernel().installed()).as(pair.trace()).isEmpty();
        assertThat(pair.east.kernel().policies()).isEmpty();
        assertThat(pair.east.scripts()).isEmpty();
    }

    /** The initiator has its SAs already: it hears that the responder gave up, and begins anew. */
    @Test
    void whoConfirmsInVainIsTold() {
        Pair pair = unconfirmed(9);
        pair.world.run(Duration.ofSeconds(60));
        pair.world.pass(octets -> !isQuick(octets) || !Ikev1Pair.has(pair.east, V1State.QUICK_R1));
        assertThat(pair.world.runUntil(
                        () -> pair.west.log().stream()
                                .anyMatch(line ->
                                        line.endsWith("#1: received Delete SA payload: replace IPsec State #2 now")),
                        Duration.ofSeconds(20)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.east.log())
                .anyMatch(line ->
                        line.matches(".*#2: deleting state \\(STATE_QUICK_R1\\) aged .* and sending notification"));
        pair.world.pass(octets -> true);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
    }

    /** It would have the other end wait; nothing protects it, so it is not heeded. */
    @Test
    void theCommitFlagChangesNothing() {
        Pair pair = Ikev1Pair.listening(8);
        pair.initiate(pair.west);
        pair.world.pass(octets -> !isQuick(octets) || Ikev1Pair.has(pair.west, V1State.QUICK_I2));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(pair.west, V1State.QUICK_I1), Duration.ofSeconds(5)))
                .isTrue();
        pair.world.run(Duration.ofMillis(100));
        pair.world.pass(octets -> true);
        Datagram first = pair.world.network().captured().get(6);
        int flags = first.octets().get(FLAGS_AT);
        pair.world.inject(
                first.from(), first.to(), Crafted.with(first.octets(), FLAGS_AT, flags | IkeHeader.FLAG_V1_COMMIT));
        pair.world.run(Duration.ofMillis(100));
        assertThat(Ikev1Pair.isUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.world.trace())
                .anyMatch(line ->
                        line.endsWith("east| IKE message has the Commit Flag set but Pluto doesn't implement this"
                                + " feature due to security concerns; ignoring flag"));
    }

    private static ConnectionRequest.Builder another(String name, int number) {
        return Ikev1Pair.tunnel(name)
                .left(Ikev1Pair.end(Pair.WEST, "@west", "10.1." + number + ".0/24")
                        .build())
                .right(Ikev1Pair.end(Pair.EAST, "@east", "10.2." + number + ".0/24")
                        .build());
    }

    @Test
    void allThatWaitedComeUpTheNewestFirst() {
        Pair pair = Ikev1Pair.listening(4);
        for (int number = 1; number <= 2; number++) {
            for (SimHost host : List.of(pair.west, pair.east)) {
                host.whack(WhackRequest.of(
                        new WhackCommand.Add(another("t" + number, number).build())));
            }
        }
        pair.world.run(Duration.ofMillis(10));
        pair.initiate(pair.west);
        Pair.initiate(pair.west, "t1");
        Pair.initiate(pair.west, "t2");
        assertThat(pair.world.runUntil(
                        () -> pair.east.kernel().installed().size() == 6
                                && pair.east.scripts().size() == 9,
                        Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.west.log().stream()
                        .filter(line -> line.contains(": initiating Quick Mode "))
                        .map(line -> line.replaceFirst(":.*", "")))
                .containsExactly("\"t2\" #2", "\"t1\" #3", "\"t\" #4");
    }

    @Test
    void aPeerChoosesItsClientWhereThatIsOpen() {
        Pair pair = Ikev1Pair.listening(5);
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "@west")
                        .set(EndOption.VIRTUAL, "vnet:%all")
                        .build())
                .build())));
        pair.world.run(Duration.ofMillis(10));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.east.kernel().policies())
                .anyMatch(policy -> policy.destination().equals(Selector.of(Subnet.of(Pair.WEST_CLIENT))));
    }

    @Test
    void whoProposesOtherClientsIsTold() {
        Pair pair = Ikev1Pair.listening(6);
        pair.west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.west.whack(WhackRequest.of(new WhackCommand.Add(another("t", 1).build())));
        pair.world.run(Duration.ofMillis(10));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .anyMatch(line -> line.endsWith("#1: the peer proposed: 10.2.1.0/24 -<all>-> 10.1.1.0/24"))
                .anyMatch(line ->
                        line.endsWith("#1: cannot respond to IPsec SA request because no connection is known for"
                                + " 10.2.1.0/24===192.0.2.2[@east,+S?C]...192.0.2.1[@west,+S?C]===10.1.1.0/24"));
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    @Test
    void whoComesLastHasTheClient() {
        Pair pair = Ikev1Pair.listening(7);
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.east.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(EndRequest.builder()
                        .set(EndOption.HOST, HostSpec.any())
                        .set(EndOption.ID, "%any")
                        .set(EndOption.CLIENT, Subnet.of(Pair.WEST_CLIENT))
                        .build())
                .build())));
        SimHost north = new SimHost(
                "north",
                pair.world,
                List.of(IpAddress.of("192.0.2.3")),
                Pair.secrets(Pair.SECRET),
                PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT));
        north.whack(WhackRequest.of(new WhackCommand.Listen()));
        north.whack(WhackRequest.of(new WhackCommand.Add(Ikev1Pair.tunnel("t")
                .left(Ikev1Pair.end("192.0.2.3", "@north", Pair.WEST_CLIENT).build())
                .build())));
        pair.world.run(Duration.ofMillis(10));
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.initiate(north);
        // Before west comes back.
        assertThat(pair.world.runUntil(() -> Ikev1Pair.has(north, V1State.QUICK_I2), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.east.log())
                .anyMatch(line -> line.contains("route to peer's client conflicts with \"t\"")
                        && line.endsWith(" 192.0.2.1;" + " releasing old connection to free the route"));
        assertThat(pair.east.kernel().installed())
                .as(pair.trace())
                .hasSize(2)
                .allMatch(sa -> !sa.id().source().equals(IpAddress.of(Pair.WEST))
                        && !sa.id().destination().equals(IpAddress.of(Pair.WEST)));
    }
}
