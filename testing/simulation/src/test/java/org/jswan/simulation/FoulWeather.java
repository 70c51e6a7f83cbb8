// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The network loses, repeats and reorders; every run ends with a tunnel, and nothing is left of it afterwards. */
abstract class FoulWeather {
    private static final int SEEDS = 200;

    /** Two daemons that know each other. */
    abstract Pair listening(long seed);

    @Test
    void tunnelComesUpInAnyWeather() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = listening(seed);
            pair.assertWeathers(seed, pair::isCarrying);
        }
    }

    @Test
    void bothBeginAtOnce() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Pair pair = listening(seed);
            pair.world.weather(Weather.FOUL);
            pair.initiate(pair.west);
            pair.initiate(pair.east);
            pair.world.run(Duration.ofMinutes(5));
            pair.world.weather(Weather.FAIR);
            pair.world.run(Duration.ofMinutes(2));
            assertThat(agree(pair)).as("seed " + seed + "\n" + pair.trace()).isTrue();
            pair.clear();
        }
    }

    /** Whether both ends have a tunnel in common; one of them may have heard too late of another. */
    private static boolean agree(Pair pair) {
        Set<Integer> common = new HashSet<>(spis(pair.west));
        common.retainAll(spis(pair.east));
        return common.size() >= 2;
    }

    private static List<Integer> spis(SimHost host) {
        return host.kernel().installed().stream().map(sa -> sa.id().spi()).toList();
    }

    @Test
    void sameSeedSameTrace() {
        assertThat(run(42).trace()).isEqualTo(run(42).trace());
    }

    private Pair run(long seed) {
        Pair pair = listening(seed);
        pair.world.weather(Weather.FOUL);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMinutes(2));
        return pair;
    }
}
