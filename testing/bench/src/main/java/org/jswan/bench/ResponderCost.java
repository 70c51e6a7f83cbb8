// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What the establishment of an IKE SA with its Child SA costs the responder. */
final class ResponderCost {
    private final Peers peers;
    private final int rounds;

    /** One round's figures, in milliseconds and KB per establishment. */
    private record Round(double cpuMillis, double allocatedKb, double collectorMillis) {}

    private ResponderCost(Peers peers, int rounds) {
        this.peers = peers;
        this.rounds = rounds;
    }

    /**
     * Prints the figures of {@code rounds} rounds and their median, warm: as many rounds go before.
     *
     * @param budgetSeconds of processor time for a thousand
     */
    static void print(String name, Peers peers, int rounds, double budgetSeconds) {
        peers.configureResponder();
        peers.startInitiators();
        new ResponderCost(peers, rounds).print(name, budgetSeconds);
    }

    private void print(String name, double budgetSeconds) {
        double cold = round().cpuMillis();
        for (int n = 1; n < rounds; n++) {
            round();
        }
        List<Round> measured = new ArrayList<>();
        for (int n = 0; n < rounds; n++) {
            measured.add(round());
        }
        List<Double> cpu =
                new ArrayList<>(measured.stream().map(Round::cpuMillis).toList());
        Collections.sort(cpu);
        double median = cpu.get(rounds / 2);
        System.out.printf(
                Locale.ROOT,
                "%-9s %.2f s of CPU per 1,000 (%.2f to %.2f; budget %.2f), %.0f per CPU second; first %d at %.2f;"
                        + " collector %.2f; %.0f KB allocated each%n",
                name,
                median,
                cpu.get(0),
                cpu.get(rounds - 1),
                budgetSeconds,
                1000 / median,
                peers.count(),
                cold,
                measured.stream().mapToDouble(Round::collectorMillis).average().orElseThrow(),
                measured.get(rounds - 1).allocatedKb());
    }

    private Round round() {
        Meter.Cost before = peers.responder().cost();
        long collector = collectorMillis();
        peers.up();
        // Both ends' garbage: the responder's share of it is about half.
        double collected = (collectorMillis() - collector) / 2.0 / peers.count();
        Meter.Cost cost = peers.responder().cost().minus(before);
        peers.down();
        return new Round(cost.cpuNanos() / 1e6 / peers.count(), cost.allocated() / 1024.0 / peers.count(), collected);
    }

    private static long collectorMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }
}
