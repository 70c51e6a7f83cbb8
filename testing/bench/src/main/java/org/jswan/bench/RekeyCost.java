// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.Arrays;
import java.util.Locale;
import org.jswan.base.Bytes;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;

/**
 * How long whoever asked for the successor of a Child SA works from the answer until it can read packets of the new one:
 * a peer that sends by it at once, as libreswan does, loses what it sends meanwhile.
 */
final class RekeyCost {
    /** So many of the first are shown: a daemon that rekeys seldom never gets further. */
    private static final int FIRST = 20;

    private final Peers peers;
    private long answered;

    private RekeyCost(Peers peers) {
        this.peers = peers;
    }

    /** Prints the medians of the first rekeyings and of the last half of {@code count}. */
    static void print(String proposal, int count) {
        Peers peers = new Peers(1, proposal);
        peers.configureResponder();
        peers.startInitiators();
        peers.up();
        new RekeyCost(peers).print(count);
    }

    private void print(int count) {
        peers.tap(this::sent);
        double[] micros = new double[count];
        for (int n = 0; n < count; n++) {
            peers.rekey(0);
            micros[n] = (peers.initiator().lastInboundNanos() - answered) / 1e3;
        }
        System.out.printf(
                Locale.ROOT,
                "rekey     inbound SA after the answer: the first %.0f us, the first %d at %.0f us (at most %.0f us), the last %d at"
                        + " %.0f us%n",
                micros[0],
                FIRST,
                median(micros, 0, FIRST),
                Arrays.stream(micros, 0, FIRST).max().orElseThrow(),
                count / 2,
                median(micros, count / 2, count));
    }

    private static double median(double[] of, int from, int to) {
        double[] sorted = Arrays.copyOfRange(of, from, to);
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The other end works no more once its answer is under way. */
    private void sent(Bytes octets) {
        try {
            IkeHeader header = IkeHeader.decode(octets);
            if (header.exchange().equals(ExchangeType.CREATE_CHILD_SA) && header.isResponse()) {
                answered = Meter.nanos();
            }
        } catch (WireException malformed) {
            throw new IllegalStateException(malformed);
        }
    }
}
