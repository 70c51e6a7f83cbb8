// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jswan.control.WhackCommand.BriefStatus;
import org.jswan.control.WhackCommand.Ddos;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.pluto.PlutoOptions;
import org.jswan.random.RandomSource;
import org.jswan.sa.Sa;
import org.jswan.sa.State;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/** Twenty thousand forged IKE_SA_INIT requests a second: half-open SAs stay few, and an honest peer comes up. */
class FloodTest {
    private static final int COOKIES_FROM = 100;
    private static final int REFUSE_FROM = 200;
    private static final int STRANGERS = 1500;
    private static final int PER_MILLISECOND = 20;
    private static final int MILLISECONDS = 700;

    private static Pair flooded(long seed) {
        return flooded(seed, new HalfOpenLimit.Setting(HalfOpenLimit.Mode.AUTO, COOKIES_FROM, REFUSE_FROM));
    }

    private static Pair flooded(long seed, HalfOpenLimit.Setting setting) {
        SimWorld world = new SimWorld(seed);
        PlutoOptions options = PlutoOptions.defaults().withHalfOpen(setting);
        return Pair.at(world, options, both -> both, Pair.WEST, Pair.EAST, Pair.EAST, Pair.WEST);
    }

    /** The first message that west sends, which does not arrive. */
    private static Datagram request(Pair pair) {
        pair.world.network().filter(datagram -> false);
        pair.initiate(pair.west);
        pair.world.run(Duration.ofMillis(50));
        pair.world.network().filter(datagram -> true);
        return pair.world.network().captured().get(0);
    }

    private static long halfOpen(SimHost host) {
        long count = 0;
        for (Sa sa : host.pluto().sas()) {
            count += sa.state().category() == State.Category.HALF_OPEN ? 1 : 0;
        }
        return count;
    }

    private static long flood(Pair pair, Datagram request) {
        RandomSource random = new SeededRandom(9);
        long most = 0;
        for (int now = 0; now < MILLISECONDS; now++) {
            for (int n = 0; n < PER_MILLISECOND; n++) {
                pair.world.inject(
                        request.from(),
                        request.to(),
                        random.bytes(8).plus(request.octets().from(8)));
            }
            pair.world.run(Duration.ofMillis(1));
            most = Math.max(most, halfOpen(pair.east));
        }
        return most;
    }

    @Test
    void cookiesKeepHalfOpenSasFewAndLetAnHonestPeerIn() {
        Pair pair = flooded(1);
        long most = flood(pair, request(pair));
        // Those whose requests came before the last of them was counted may be a few more.
        assertThat(most).isBetween((long) COOKIES_FROM, (long) COOKIES_FROM + PER_MILLISECOND);
        // West's own request was answered with a cookie in the midst of it.
        assertThat(pair.west.log()).anyMatch(line -> line.contains("received anti-DDOS COOKIE response"));
        assertThat(pair.west.kernel().installed())
                .as("before the flood is over")
                .hasSize(2);
        assertGone(pair);
    }

    @Test
    void soManyStrangersInASecondBringCookiesBeforeTheThreshold() {
        Pair pair = flooded(4, HalfOpenLimit.Setting.DEFAULT);
        long most = flood(pair, request(pair));
        assertThat(most).isBetween((long) STRANGERS, (long) STRANGERS + PER_MILLISECOND);
        assertThat(pair.west.kernel().installed()).hasSize(2);
        assertGone(pair);
        assertThat(pair.east.whack(WhackRequest.of(new BriefStatus())).lines())
                .as("when it is over")
                .anyMatch(line -> line.contains("cookies not required"));
    }

    @Test
    void whoIsBusyFromTheStartKeepsNothing() {
        Pair pair = flooded(2);
        pair.east.whack(WhackRequest.of(new Ddos(Ddos.Mode.BUSY)));
        long most = flood(pair, request(pair));
        assertThat(most).isLessThanOrEqualTo(1);
        assertThat(pair.west.kernel().installed()).hasSize(2);
        assertGone(pair);
    }

    @Test
    void withoutCookiesAllAreRefusedInTheEnd() {
        Pair pair = flooded(3);
        pair.east.whack(WhackRequest.of(new Ddos(Ddos.Mode.UNLIMITED)));
        long most = flood(pair, request(pair));
        assertThat(most).isBetween((long) REFUSE_FROM, (long) REFUSE_FROM + PER_MILLISECOND);
        assertGone(pair);
    }

    /** What was half-open goes by itself. */
    private static void assertGone(Pair pair) {
        for (SimHost host : List.of(pair.west, pair.east)) {
            host.whack(WhackRequest.of(new Delete("t", false)));
        }
        pair.world.run(Duration.ofMinutes(5));
        assertThat(pair.east.pluto().saCount()).isZero();
        assertThat(pair.world.pendingTimers()).isZero();
    }
}
