// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The network loses, repeats and reorders messages of IKEv1: the tunnel comes up, and nothing is left of it afterwards. */
class Ikev1FoulWeatherTest {
    private static final int SEEDS = 200;

    @Test
    void tunnelComesUpInAnyWeather() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = Ikev1Pair.listening(seed);
            pair.assertWeathers(seed, pair::isCarrying);
        }
    }

    @Test
    void bothBeginAtOnce() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = Ikev1Pair.listening(seed);
            pair.world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            pair.initiate(pair.east);
            pair.world.run(Duration.ofMinutes(5));
            assertThat(pair.west.kernel().installed())
                    .as("seed " + seed + "\n" + pair.trace())
                    .isNotEmpty();
            pair.clear();
        }
    }

    @Test
    void sameSeedSameTrace() {
        assertThat(run(42).trace()).isEqualTo(run(42).trace());
    }

    private static Pair run(long seed) {
        Pair pair = Ikev1Pair.listening(seed);
        pair.world.weather(Weather.FOUL);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(2));
        return pair;
    }
}
