// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.simulation.Ikev1Negotiation.Mode;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Spoilt and forged messages of IKEv1 while a negotiation is under way, at each of its stages: those that went before and
 * those that are to come, as somebody would send them who knows both. It comes up afterwards, if need be by repetition.
 */
class Ikev1HostileStageTest {
    private static final Endpoint STRANGER = new Endpoint(IpAddress.of("192.0.2.66"), 500);
    private static final int HEADER = 28;
    private static final int FLAGS_AT = 19;
    private static final int ENCRYPTED = 1;
    private static final int DATAGRAMS = 600;
    private static final long SEED = 4712;

    private final Random random = new Random(SEED);

    /** From MAIN_I1, when nothing has arrived, to QUICK_R1, when all has but the last message. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void mainModeAndQuickModeComeUp(int arrived) {
        List<Datagram> recorded = Ikev1Negotiation.recorded(Mode.MAIN, SEED);
        Ikev1Negotiation negotiation = Ikev1Negotiation.heldAfter(arrived, Mode.MAIN, SEED);
        assertThat(negotiation.sent()).isEqualTo(recorded.subList(0, arrived + 1));
        Pair pair = negotiation.pair;
        for (int i = 0; i < DATAGRAMS; i++) {
            Datagram message = recorded.get(random.nextInt(recorded.size()));
            Bytes spoilt = spoilt(message.octets());
            if (!spoilt.equals(message.octets())) {
                pair.world.inject(i % 3 == 0 ? STRANGER : message.from(), message.to(), spoilt);
            }
        }
        pair.world.run(Duration.ofMillis(100));
        negotiation.goOn();
        assertThat(pair.world.runUntil(() -> isCarrying(pair), Duration.ofMinutes(10)))
                .as(pair.trace())
                .isTrue();
        pair.clear();
    }

    /** Nothing protects the flag that says so. */
    @Test
    void aQuickModeThatDoesNotSayThatItIsEncryptedIsRefused() {
        Ikev1Negotiation negotiation = Ikev1Negotiation.heldAfter(6, Mode.MAIN, SEED);
        Pair pair = negotiation.pair;
        Datagram quick = negotiation.sent().get(6);
        Bytes octets = quick.octets();
        pair.world.inject(quick.from(), quick.to(), Crafted.with(octets, FLAGS_AT, octets.get(FLAGS_AT) ^ ENCRYPTED));
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.east.log())
                .as(pair.trace())
                .containsSubsequence(
                        "\"t\" #1: packet rejected: should have been encrypted",
                        "\"t\" #1: sending notification INVALID_FLAGS to 192.0.2.1:500");
        assertThat(pair.east.pluto().saCount()).isOne();
        negotiation.goOn();
        assertThat(pair.world.runUntil(() -> isCarrying(pair), Duration.ofSeconds(2)))
                .as(pair.trace())
                .isTrue();
        pair.clear();
    }

    /** Whether both ends have a tunnel in common; one of them may have another besides. */
    private static boolean isCarrying(Pair pair) {
        Set<Integer> common = new HashSet<>(spis(pair.west));
        common.retainAll(spis(pair.east));
        return Ikev1Pair.isUp(pair) && common.size() >= 2;
    }

    private static List<Integer> spis(SimHost host) {
        return host.kernel().installed().stream().map(sa -> sa.id().spi()).toList();
    }

    private Bytes spoilt(Bytes octets) {
        int at = random.nextInt(octets.length());
        return switch (random.nextInt(6)) {
            case 0 -> octets.first(at);
            case 1 -> at < HEADER ? octets.first(at) : Crafted.ofLength(octets.first(at), at);
            case 2 -> Crafted.with(octets, FLAGS_AT, octets.get(FLAGS_AT) ^ ENCRYPTED);
            case 3 -> likeIts(octets.first(HEADER));
            default -> Crafted.with(octets, at, octets.get(at) ^ (1 << random.nextInt(Byte.SIZE)));
        };
    }

    /** A header that fits, and nonsense behind it. */
    private Bytes likeIts(Bytes header) {
        byte[] nonsense = new byte[Long.BYTES * random.nextInt(40)];
        random.nextBytes(nonsense);
        Bytes octets = header.plus(Bytes.wrap(nonsense));
        return Crafted.ofLength(octets, octets.length());
    }
}
