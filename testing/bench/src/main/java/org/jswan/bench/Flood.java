// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Random;
import org.jswan.base.Bytes;
import org.jswan.control.WhackCommand.Ddos;

/** What forged IKE_SA_INIT requests cost a responder, and whether honest peers still come up meanwhile. */
final class Flood {
    private static final int MILLISECONDS = 1000;
    private static final int SPI_LENGTH = 8;

    private final Peers peers;
    private final Random random = new Random(1);
    private final int perMillisecond;
    private final int seconds;

    private Flood(Peers peers, int perSecond, int seconds) {
        this.peers = peers;
        this.perMillisecond = perSecond / MILLISECONDS;
        this.seconds = seconds;
    }

    /**
     * Prints the figures of a flood in each mode.
     *
     * @param count honest peers, which begin one after the other all the time
     * @param perSecond forged requests in each second of the wire's clock, a multiple of 1,000
     */
    static void print(String proposal, int count, int perSecond, int seconds) {
        for (Ddos.Mode mode : Ddos.Mode.values()) {
            Peers peers = new Peers(count, proposal);
            peers.configureResponder();
            peers.startInitiators();
            peers.responder().whack(new Ddos(mode));
            new Flood(peers, perSecond, seconds).print(mode);
        }
    }

    private void print(Ddos.Mode mode) {
        Bytes request = peers.firstRequest();
        long heapBefore = heap();
        Meter.Cost before = peers.responder().cost();
        int mostHalfOpen = 0;
        int begun = 1;
        int milliseconds = seconds * MILLISECONDS;
        for (int now = 0; now < milliseconds; now++) {
            for (int n = 0; n < perMillisecond; n++) {
                peers.forge(random.nextInt(peers.count()), forged(request));
            }
            if (begun < peers.count() && (long) begun * milliseconds <= (long) now * peers.count()) {
                peers.begin(begun++);
            } else {
                peers.pass();
            }
            if (now % MILLISECONDS == 0) {
                mostHalfOpen = Math.max(mostHalfOpen, peers.responder().halfOpen());
            }
        }
        Meter.Cost cost = peers.responder().cost().minus(before);
        int packets = milliseconds * perMillisecond;
        System.out.printf(
                Locale.ROOT,
                "flood %-9s %d forged requests: %.1f us of CPU each, %.0f %% of a processor; at most %d half-open; %d of %d"
                        + " peers up; heap %.1f MB before, %.1f MB after%n",
                mode,
                packets,
                cost.cpuNanos() / 1e3 / packets,
                cost.cpuNanos() / 1e7 / seconds,
                mostHalfOpen,
                peers.responder().established(),
                begun,
                heapBefore / 1048576.0,
                heap() / 1048576.0);
    }

    /** The same request with an SPI that nobody had. */
    private Bytes forged(Bytes request) {
        byte[] octets = request.toArray();
        byte[] spi = new byte[SPI_LENGTH];
        random.nextBytes(spi);
        System.arraycopy(spi, 0, octets, 0, SPI_LENGTH);
        return Bytes.wrap(octets);
    }

    private static long heap() {
        for (int n = 0; n < 3; n++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
