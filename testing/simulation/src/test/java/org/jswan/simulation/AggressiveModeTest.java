// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.Ikev1Policy;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.pluto.PlutoOptions;
import org.jswan.sa.V1State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aggressive Mode of IKEv1 between two daemons (RFC 2409 §5). */
class AggressiveModeTest {
    private static final String WARNING =
            "IKEv1 Aggressive Mode with PSK is vulnerable to dictionary attacks and is cracked on large scale by TLA's";
    private static final String ESTABLISHED =
            "IKE SA established {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256 group=MODP2048}";

    private static UnaryOperator<ConnectionRequest.Builder> aggressive(String ike) {
        return c -> c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, ike);
    }

    private static Pair listening(long seed) {
        return Ikev1Pair.listening(seed, aggressive("aes256-sha2_256;modp2048"));
    }

    private static Pair up(long seed) {
        Pair pair = listening(seed);
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair;
    }

    @Test
    void comesUpInThreeMessages() {
        Pair pair = listening(1);
        SimHost.SimSession session = pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines().subList(0, 6))
                .containsExactly(
                        "003 \"t\" #1: " + WARNING,
                        "002 \"t\" #1: initiating IKEv1 Aggressive Mode connection",
                        "110 \"t\" #1: sent Aggressive Mode request",
                        "002 \"t\" #1: Peer ID is ID_FQDN: '@east'",
                        "004 \"t\" #1: " + ESTABLISHED,
                        session.lines().get(5));
        assertThat(session.lines().get(5))
                .contains("initiating Quick Mode IKEv1+PSK+")
                .contains("+AGGRESSIVE+");
        List<String> east = pair.east.log();
        int first = east.indexOf("\"t\" #1: " + WARNING);
        assertThat(east.subList(first, first + 5))
                .containsExactly(
                        "\"t\" #1: " + WARNING,
                        "\"t\" #1: Peer ID is ID_FQDN: '@west'",
                        "\"t\" #1: responding to Aggressive Mode, state #1, connection \"t\" from 192.0.2.1",
                        "\"t\" #1: sent Aggressive Mode response, expecting confirmation",
                        "\"t\" #1: " + ESTABLISHED);
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I2)).isTrue();
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R2)).isTrue();
    }

    @Test
    void goesDownWithoutRest() {
        Pair pair = up(2);
        pair.west.whack(WhackRequest.of(new WhackCommand.Terminate("t")));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.west.pluto().saCount() + pair.east.pluto().saCount())
                .as(pair.trace())
                .isZero();
    }

    /** Our public value goes with the offer, so its group is not negotiable; of two groups in ike= only one is offered. */
    @Test
    void anAnswerInAnotherGroupIsRefused() {
        Pair pair = Ikev1Pair.listening(
                3,
                aggressive("aes256-sha2_256;modp3072,aes256-sha2_256;modp2048"),
                aggressive("aes256-sha2_256;modp2048"));
        SimNetwork network = pair.world.network();
        network.filter(datagram -> {
            if (datagram.to().address().equals(IpAddress.of(Pair.EAST))) {
                return true;
            }
            network.deliverLater(
                    new SimNetwork.Datagram(datagram.from(), datagram.to(), inGroup3072(datagram.octets())));
            return false;
        });
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(session.lines())
                .contains("003 \"t\" #1: multiple DH groups in aggressive mode can cause interop failure")
                .contains("003 \"t\" #1: peer chose MODP3072 but our KE is for MODP2048");
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I1)).as(pair.trace()).isTrue();
    }

    private static Bytes inGroup3072(Bytes answer) {
        byte[] octets = answer.toArray();
        Bytes group2048 = Bytes.ofHex("8004000e");
        for (int at = 0; at < octets.length - 4; at++) {
            if (answer.slice(at, 4).equals(group2048)) {
                octets[at + 3] = 15;
                return Bytes.copyOf(octets);
            }
        }
        return answer;
    }

    /** As libreswan: nothing is repeated any more once keys were computed, and the negotiation ends a minute later. */
    @Test
    void whatTurnsOutToBeInVainEnds() {
        Pair pair = otherSecret(8);
        SimHost.SimSession session = pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(30));
        assertThat(session.lines())
                .as(pair.trace())
                .contains(
                        "003 \"t\" #1: received Hash Payload does not match computed value",
                        "223 \"t\" #1: sending notification INVALID_HASH_INFORMATION to 192.0.2.2:500");
        assertThat(pair.west
                        .whack(WhackRequest.of(new WhackCommand.ShowStates()))
                        .lines())
                .anyMatch(line -> line.contains("STATE_AGGR_I1") && line.contains("CRYPTO_TIMEOUT in "));
        assertThat(pair.world.runUntil(session::isFinished, Duration.ofSeconds(70)))
                .as(pair.trace())
                .isTrue();
        assertThat(session.lines())
                .noneMatch(line -> line.contains("timeout exceeded") || line.contains("retransmission"))
                .last()
                .asString()
                .endsWith("deleting ISAKMP SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS");
        assertThat(session.lines())
                .anyMatch(line -> line.matches(
                        "002 \"t\" #1: deleting state \\(STATE_AGGR_I1\\) aged [0-9.]+s and NOT sending notification"));
    }

    /** East has another secret than west. */
    private static Pair otherSecret(long seed) {
        SimWorld world = new SimWorld(seed);
        PlutoOptions options = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
        Pair pair = new Pair(
                world,
                host(world, "west", Pair.WEST, options),
                new SimHost(
                        "east",
                        world,
                        List.of(IpAddress.of(Pair.EAST)),
                        Pair.secrets("quite another secret"),
                        options));
        UnaryOperator<ConnectionRequest.Builder> mode = aggressive("aes256-sha2_256;modp2048");
        pair.add(mode.apply(Ikev1Pair.tunnel("t")), mode.apply(Ikev1Pair.tunnel("t")));
        return pair;
    }

    @Test
    void theIdentityFindsTheConnection() {
        UnaryOperator<ConnectionRequest.Builder> ike = aggressive("aes256-sha2_256;modp2048");
        Pair pair = Ikev1Pair.listening(4, ike, c -> ike.apply(c)
                .left(Ikev1Pair.end(Pair.WEST, "@stranger", Pair.WEST_CLIENT).build()));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.east.log())
                .contains(
                        "packet from 192.0.2.1:500: initial Aggressive Mode message from 192.0.2.1:500 but no (wildcard) connection has been configured with authby PSK");
        assertThat(pair.east.pluto().saCount()).isZero();
        pair.east.whack(WhackRequest.of(
                new WhackCommand.Add(ike.apply(Ikev1Pair.tunnel("other")).build())));
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        assertThat(pair.east.log())
                .contains("\"other\" #1: responding to Aggressive Mode, state #1, connection \"other\" from 192.0.2.1");
    }

    /** As libreswan: strangers are not answered; what they sent is forgotten. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thereIsALimitToWhatStrangersBegin(boolean aggressive) {
        SimWorld world = new SimWorld(5);
        PlutoOptions options = PlutoOptions.defaults().withIkev1(Ikev1Policy.ACCEPT);
        HalfOpenLimit.Setting none = new HalfOpenLimit.Setting(HalfOpenLimit.Mode.AUTO, 0, 0);
        Pair pair = new Pair(
                world,
                host(world, "west", Pair.WEST, options),
                host(world, "east", Pair.EAST, options.withHalfOpen(none)));
        UnaryOperator<ConnectionRequest.Builder> mode =
                aggressive ? aggressive("aes256-sha2_256;modp2048") : UnaryOperator.identity();
        pair.add(mode.apply(Ikev1Pair.tunnel("t")), mode.apply(Ikev1Pair.tunnel("t")));
        pair.initiate(pair.west);
        world.run(Duration.ofSeconds(2));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(world.network().captured())
                .hasSizeGreaterThan(1)
                .allMatch(datagram -> datagram.to().address().equals(IpAddress.of(Pair.EAST)));
    }

    /** What SAs keep for peers that nobody knows yet counts until they are known. */
    @Test
    void whatIsKeptForStrangersIsCounted() {
        Pair pair = listening(6);
        SimNetwork network = pair.world.network();
        network.filter(datagram -> network.captured().size() < 3);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(200));
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R1)).as(pair.trace()).isTrue();
        assertThat(pair.east.ikeSas().get(0).heldOctets())
                .isGreaterThan(network.captured().get(0).octets().length());
        Pair other = up(7);
        assertThat(other.east.ikeSas().get(0).heldOctets()).isZero();
    }

    private static SimHost host(SimWorld world, String name, String address, PlutoOptions options) {
        return new SimHost(name, world, List.of(IpAddress.of(address)), Pair.secrets(Pair.SECRET), options);
    }

    /** The identity in the first message is of an odd length. */
    @Test
    void messagesInClearArePaddedUnlessThatIsNotWanted() {
        UnaryOperator<ConnectionRequest.Builder> odd = c -> aggressive("aes256-sha2_256;modp2048")
                .apply(c)
                .left(Ikev1Pair.end(Pair.WEST, "@western", Pair.WEST_CLIENT).build());
        assertThat(firstLength(Ikev1Pair.listening(1, odd)) % 4).isZero();
        Pair plain = Ikev1Pair.listening(1, c -> odd.apply(c).set(ConnectionOption.NO_IKE_PAD));
        assertThat(firstLength(plain) % 4).isNotZero();
    }

    private static int firstLength(Pair pair) {
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        return pair.world.network().captured().get(0).octets().length();
    }
}
