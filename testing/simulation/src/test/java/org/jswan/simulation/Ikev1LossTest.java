// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of phase 1 and Quick Mode when one certain message does not arrive. */
class Ikev1LossTest {
    private static ConnectionRequest.Builder aggressive(ConnectionRequest.Builder c) {
        return c.set(ConnectionOption.AGGRESSIVE, true).set(ConnectionOption.IKE, "aes128-sha1;modp2048");
    }

    /** Loses the message of that number, counted from 1, or all from there on. */
    private static final class Loss implements Predicate<Datagram> {
        private final int from;
        private final boolean forEver;
        private int count;

        Loss(int from, boolean forEver) {
            this.from = from;
            this.forEver = forEver;
        }

        @Override
        public boolean test(Datagram datagram) {
            count++;
            return forEver ? count < from : count != from;
        }
    }

    private static Pair losing(UnaryOperator<ConnectionRequest.Builder> both, Loss loss) {
        Pair pair = Ikev1Pair.listening(1, both);
        pair.world.network().filter(loss);
        pair.initiate(pair.west);
        return pair;
    }

    private static boolean comesUp(Pair pair) {
        return pair.world.runUntil(() -> Ikev1Pair.isUp(pair), Duration.ofSeconds(20));
    }

    /** Messages 1 to 6 are Main Mode's, 7 to 9 Quick Mode's. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void mainModeAndQuickModeStandTheLossOfAnyMessage(int number) {
        Pair pair = losing(UnaryOperator.identity(), new Loss(number, false));
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        pair.world.run(Duration.ofMinutes(2));
        isUpOnce(pair);
    }

    /** As libreswan: nobody repeats the third message of Aggressive Mode, so its loss is another matter. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5, 6})
    void aggressiveModeStandsTheLossOfAllButItsLastMessage(int number) {
        Pair pair = losing(Ikev1LossTest::aggressive, new Loss(number, false));
        assertThat(comesUp(pair)).as(pair.trace()).isTrue();
        pair.world.run(Duration.ofMinutes(2));
        isUpOnce(pair);
    }

    private static void isUpOnce(Pair pair) {
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isEqualTo(2);
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isEqualTo(2);
        assertThat(pair.west.kernel().installed()).hasSize(2);
        assertThat(pair.east.kernel().installed()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {3})
    void whoDoesNotHearTheEndOfAggressiveModeForgetsIt(int number) {
        Pair pair = losing(Ikev1LossTest::aggressive, new Loss(number, false));
        pair.world.run(Duration.ofSeconds(10));
        assertThat(Ikev1Pair.has(pair.west, V1State.AGGR_I2)).as(pair.trace()).isTrue();
        assertThat(Ikev1Pair.has(pair.east, V1State.AGGR_R1)).as(pair.trace()).isTrue();
        pair.world.run(Duration.ofMinutes(1));
        assertThat(pair.east.log()).contains("\"t\" #1: deleting incomplete state after 60 seconds");
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
    void nothingHalfMadeIsLeftWhenThePeerFallsSilent(int number) {
        nothingIsLeft(losing(UnaryOperator.identity(), new Loss(number, true)));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6})
    void norInAggressiveMode(int number) {
        nothingIsLeft(losing(Ikev1LossTest::aggressive, new Loss(number, true)));
    }

    private static void nothingIsLeft(Pair pair) {
        pair.world.run(Duration.ofMinutes(2));
        pair.west.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.world.run(Duration.ofMinutes(2));
        assertThat(pair.west.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.west.kernel().installed()).isEmpty();
        for (Sa sa : pair.east.pluto().sas()) {
            assertThat(sa.state().isEstablished())
                    .as(sa.serial() + " is " + sa.state().fullName() + "\n" + pair.trace())
                    .isTrue();
        }
        pair.east.whack(WhackRequest.of(new WhackCommand.Delete("t", false)));
        pair.world.run(Duration.ofSeconds(2));
        assertThat(pair.east.pluto().saCount()).as(pair.trace()).isZero();
        assertThat(pair.east.kernel().installed()).isEmpty();
    }

    /** Answers to the same message are few once they are long: nobody can be flooded by our repetitions. */
    @Test
    void theLastMessageIsAnsweredTwiceAgainAtMost() {
        Pair pair = Ikev1Pair.up(1);
        Datagram third = pair.world.network().captured().get(4);
        int before = pair.world.network().captured().size();
        for (int n = 0; n < 5; n++) {
            pair.world.inject(third.from(), third.to(), third.octets());
            pair.world.run(Duration.ofMillis(50));
        }
        assertThat(pair.world.network().captured()).as(pair.trace()).hasSize(before + 2);
        assertThat(pair.east.log())
                .contains("\"t\" #1: retransmitting in response to duplicate packet; already STATE_MAIN_R3")
                .contains("\"t\" #1: discarding duplicate packet -- exhausted retransmission; already STATE_MAIN_R3");
        assertThat(Ikev1Pair.isUp(pair)).isTrue();
    }

    @Test
    void anOldMessageIsRefused() {
        Pair pair = Ikev1Pair.up(2);
        int before = pair.world.network().captured().size();
        Datagram first = pair.world.network().captured().get(0);
        Datagram second = pair.world.network().captured().get(2);
        pair.world.inject(first.from(), first.to(), first.octets());
        pair.world.inject(second.from(), second.to(), second.octets());
        pair.world.run(Duration.ofMillis(50));
        assertThat(pair.world.network().captured()).as(pair.trace()).hasSize(before + 1);
        assertThat(pair.east.log())
                .contains(
                        "\"t\" #1: discarding initial packet; already STATE_MAIN_R3",
                        "\"t\" #1: sending notification INVALID_FLAGS to 192.0.2.1:500");
    }
}
