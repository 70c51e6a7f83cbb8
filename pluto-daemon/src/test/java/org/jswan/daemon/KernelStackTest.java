// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.time.TimerQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class KernelStackTest {
    private final ManualClock clock = new ManualClock();
    private final TimerQueue timers = new TimerQueue(clock);
    private final List<Integer> told = new ArrayList<>();

    /** Each of its events is a change of address, of which the port is the number. */
    private final class Told implements KernelEvents {
        @Override
        public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {}

        @Override
        public void expired(SaId id, boolean hard, SaCounters counters) {}

        @Override
        public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
            told.add(newPort);
        }

        @Override
        public void eventsLost() {}
    }

    /** That many turns. */
    private static void stopAfter(Loop loop, int turns) {
        loop.post("turn", turns == 0 ? loop::stop : () -> stopAfter(loop, turns - 1));
    }

    @Test
    void whatCameBeforeTheSocketIsWatchedIsHandedOver() throws Exception {
        try (Loop loop = new Loop(clock, timers, new Lines());
                NativeSocket silent = NativeSocket.open(Linux.AF_INET, Linux.SOCK_DGRAM, 0)) {
            int early = 150;
            int[] next = {0};
            KernelStack stack = new KernelStack(
                    null,
                    () -> {},
                    List::of,
                    silent,
                    (to, limit) -> {
                        int end = Math.min(early, next[0] + limit);
                        while (next[0] < end) {
                            to.mappingChanged(0, IpAddress.of("192.0.2.1"), next[0]++);
                        }
                        return next[0] < early;
                    },
                    () -> {});
            stack.watch(loop, new Told());
            stopAfter(loop, 10);
            loop.run();
        }
        assertThat(told).hasSize(150).isSorted().doesNotHaveDuplicates();
    }
}
