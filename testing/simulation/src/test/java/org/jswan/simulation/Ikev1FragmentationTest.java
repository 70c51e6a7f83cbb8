// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.PayloadTypes;
import org.junit.jupiter.api.Test;

/** Messages of IKEv1 in pieces, on paths that lose what is long. */
class Ikev1FragmentationTest {
    /** What a datagram of IPv4 may hold before libreswan cuts it. */
    private static final int LONGEST = 532;

    /** {@code fragmentation=}. */
    private enum Mode {
        NO,
        YES,
        FORCE
    }

    /** The public value alone is as long as a piece may be. */
    private static UnaryOperator<ConnectionRequest.Builder> with(Mode mode) {
        return c -> c.set(ConnectionOption.IKE, "aes128-sha1;modp4096")
                .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW, mode != Mode.NO)
                .set(ConnectionOption.IKE_FRAGMENTATION_FORCE, mode == Mode.FORCE);
    }

    private static Pair narrow(long seed, Mode west, Mode east) {
        Pair pair = Ikev1Pair.listening(seed, with(west), with(east));
        pair.world.network().filter(datagram -> datagram.octets().length() <= LONGEST);
        return pair;
    }

    private static boolean isPiece(Datagram datagram) {
        try {
            return IkeHeader.decode(datagram.octets()).nextPayload().equals(PayloadTypes.IKE_FRAGMENTATION);
        } catch (WireException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static boolean comesUp(Pair pair) {
        pair.initiate(pair.west);
        return pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(20));
    }

    @Test
    void whatIsLostForItsLengthIsRepeatedInPieces() {
        Pair pair = narrow(1, Mode.YES, Mode.YES);
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        List<Datagram> captured = pair.world.network().captured();
        List<Datagram> whole = captured.stream()
                .filter(datagram -> datagram.octets().length() > LONGEST)
                .toList();
        // Only the initiator tried: the responder saw pieces, and answers so at once.
        assertThat(whole).as(pair.trace()).allMatch(datagram -> datagram.from()
                .equals(captured.get(0).from()));
        assertThat(whole).isNotEmpty();
        assertThat(pair.trace())
                .contains("sending IKE fragment id '1', number '1'")
                .contains("received IKE fragment id '1', number '2'(last)")
                .contains(" updated IKE fragment state to respond using fragments without waiting for re-transmits");
    }

    @Test
    void whoForcesItCutsAtOnceAllButTheFirstMessage() {
        Pair pair = narrow(2, Mode.FORCE, Mode.FORCE);
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        assertThat(pair.world.network().captured())
                .noneMatch(datagram -> datagram.octets().length() > LONGEST)
                .anyMatch(Ikev1FragmentationTest::isPiece);
        assertThat(isPiece(pair.world.network().captured().get(0))).isFalse();
    }

    @Test
    void whoWantsNoPiecesSendsAndTakesNone() {
        Pair pair = narrow(3, Mode.FORCE, Mode.NO);
        assertThat(comesUp(pair)).as(pair.trace()).isFalse();
        assertThat(pair.trace())
                .contains("discarding IKE fragment packet - fragmentation not allowed by local policy (ike_frag=no)");
        assertThat(Ikev1Pair.has(pair.east, V1State.MAIN_R2)).isFalse();
        Pair other = narrow(4, Mode.YES, Mode.NO);
        assertThat(comesUp(other)).as(other.trace()).isFalse();
        assertThat(other.world.network().captured()).noneMatch(Ikev1FragmentationTest::isPiece);
    }

    /** The steps of Main Mode and Quick Mode at one end. */
    private static List<String> steps(String... states) {
        List<String> steps = new ArrayList<>();
        for (int i = 0; i + 1 < states.length; i++) {
            steps.add("STATE_" + states[i] + " to state STATE_" + states[i + 1]);
        }
        return steps;
    }

    /** What of a host's debugging lines fits the one group of an expression. */
    private static List<String> traced(Pair pair, String host, String expression) {
        Pattern pattern = Pattern.compile(".* " + host + "\\| " + expression);
        return pair.world.trace().stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static List<String> transitions(Pair pair, String host) {
        return traced(pair, host, "IKEv1: transition from state (.*)");
    }

    /** The numbers of the pieces in the order in which they came. */
    private static List<Integer> arrived(Pair pair, String host) {
        return traced(pair, host, "received IKE fragment id '1', number '(\\d+)'.*").stream()
                .map(Integer::valueOf)
                .toList();
    }

    /** Pieces overtake each other and come twice; what was put together twice is known as such, and taken once. */
    @Test
    void orderAndRepetitionDoNotMatter() {
        boolean swapped = false;
        boolean wholeTwice = false;
        for (int seed = 5; seed < 9; seed++) {
            Pair pair = narrow(seed, Mode.FORCE, Mode.FORCE);
            pair.world.network().weather(new Weather(0, 50, Duration.ofMillis(1), Duration.ofMillis(200)));
            assertThat(comesUp(pair)).as(pair.trace()).isTrue();
            pair.world.run(Duration.ofSeconds(1));
            List<Integer> west = arrived(pair, "west");
            List<Integer> east = arrived(pair, "east");
            long pieces = pair.world.network().captured().stream()
                    .filter(Ikev1FragmentationTest::isPiece)
                    .count();
            assertThat(west.size() + east.size()).as(pair.trace()).isGreaterThan((int) pieces);
            // Of the first message that is cut, the second piece came first.
            swapped |= west.get(0) == 2 || east.get(0) == 2;
            wholeTwice |= pair.trace().contains("duplicate packet");
            assertThat(transitions(pair, "west"))
                    .as(pair.trace())
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(steps("MAIN_I1", "MAIN_I2", "MAIN_I3", "MAIN_I4"), steps("QUICK_I1", "QUICK_I2"))
                                    .flatMap(List::stream)
                                    .toList());
            assertThat(transitions(pair, "east"))
                    .as(pair.trace())
                    .containsExactlyInAnyOrderElementsOf(Stream.of(
                                    steps("MAIN_R0", "MAIN_R1", "MAIN_R2", "MAIN_R3"),
                                    steps("QUICK_R0", "QUICK_R1", "QUICK_R2"))
                            .flatMap(List::stream)
                            .toList());
        }
        assertThat(swapped).isTrue();
        assertThat(wholeTwice).isTrue();
    }

    @Test
    void aPieceForNoSaMeansNothing() {
        Pair pair = narrow(6, Mode.FORCE, Mode.FORCE);
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        Datagram piece = pair.world.network().captured().stream()
                .filter(Ikev1FragmentationTest::isPiece)
                .findFirst()
                .orElseThrow();
        int before = pair.world.network().captured().size();
        byte[] unknown = piece.octets().toArray();
        Arrays.fill(unknown, 8, 16, (byte) 0);
        unknown[0] ^= 1;
        pair.world.network().send(piece.from(), piece.to(), Bytes.copyOf(unknown));
        pair.world.run(Duration.ofSeconds(1));
        assertThat(pair.trace()).contains("received IKE fragment, but have no state. Ignoring packet.");
        assertThat(pair.world.network().captured()).hasSize(before + 1);
    }

    /** A piece that comes twice is kept once. */
    @Test
    void piecesOfStrangersAreCounted() {
        Pair pair = narrow(7, Mode.FORCE, Mode.FORCE);
        SimNetwork network = pair.world.network();
        network.filter(datagram -> network.captured().size() <= 3);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        // And what an SA itself takes.
        int first = 2048 + network.captured().get(0).octets().length();
        int piece = network.captured().get(2).octets().length() - IkeHeader.LENGTH - 8;
        assertThat(isPiece(network.captured().get(2))).isTrue();
        assertThat(pair.east.ikeSas().get(0).heldOctets()).as(pair.trace()).isEqualTo(first + piece);
        pair.world.inject(
                network.captured().get(2).from(),
                network.captured().get(2).to(),
                network.captured().get(2).octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.ikeSas().get(0).heldOctets()).isEqualTo(first + piece);
    }

    /** As libreswan: a piece is the only payload of its message. */
    @Test
    void aPieceWithAnotherPayloadIsRefused() {
        Pair pair = narrow(8, Mode.FORCE, Mode.FORCE);
        SimNetwork network = pair.world.network();
        network.filter(datagram -> !isPiece(datagram));
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(300));
        Datagram piece = network.captured().stream()
                .filter(Ikev1FragmentationTest::isPiece)
                .findFirst()
                .orElseThrow();
        pair.world.inject(piece.from(), piece.to(), Crafted.with(piece.octets(), IkeHeader.LENGTH, 8));
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.log().toString() + pair.trace()).doesNotContain("received IKE fragment id");
        pair.world.inject(piece.from(), piece.to(), piece.octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.trace()).contains("received IKE fragment id");
    }
}
