// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** What an established IKE SA with its Child SA holds of the responder's heap. */
final class ResponderMemory {
    private static final int SHOWN_CLASSES = 40;

    private ResponderMemory() {}

    /** Prints octets for each connection and for each pair of SAs; with {@code classes} also which objects they are. */
    static void print(String proposal, int count, boolean classes) throws JMException {
        warmUp(proposal);
        Peers peers = new Peers(count, proposal);
        long empty = heap();
        peers.configureResponder();
        long configured = heap();
        peers.startInitiators();
        peers.up();
        peers.forgetInitiators();
        long established = heap();
        Map<String, Long> with = classes ? histogram() : Map.of();
        peers.responder().expectEstablished(count);
        peers.endAll();
        long ended = heap();
        System.out.printf(
                Locale.ROOT,
                "memory    %.1f KB per IKE SA + Child SA (budget 10.0) with %d of them, and %.1f KB per connection;"
                        + " left after their end: %.1f KB%n",
                each(established - configured, count),
                count,
                each(configured - empty, count),
                each(ended - configured, count));
        if (classes) {
            printGrowth(histogram(), with, count);
        }
        peers.responder().expectEstablished(0);
    }

    /** Classes are loaded and tables filled before anything is compared. */
    private static void warmUp(String proposal) {
        Peers few = new Peers(20, proposal);
        few.configureResponder();
        few.startInitiators();
        few.up();
        few.endAll();
    }

    private static double each(long octets, int count) {
        return octets / 1024.0 / count;
    }

    private static long heap() {
        for (int n = 0; n < 3; n++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Octets by class, of what is reachable. */
    private static Map<String, Long> histogram() throws JMException {
        String table = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Long> octets = new HashMap<>();
        for (String line : table.split("\n", -1)) {
            // "  12:   3000   72000  java.lang.String (java.base@17)"
            String[] words = line.strip().split("\\s+", 5);
            if (words.length >= 4 && words[0].endsWith(":")) {
                octets.merge(words[3], Long.parseLong(words[2]), Long::sum);
            }
        }
        return octets;
    }

    private static void printGrowth(Map<String, Long> without, Map<String, Long> with, int count) {
        with.entrySet().stream()
                .map(entry -> Map.entry(
                        entry.getKey(), (entry.getValue() - without.getOrDefault(entry.getKey(), 0L)) / count))
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .limit(SHOWN_CLASSES)
                .filter(entry -> entry.getValue() > 0)
                .forEach(entry ->
                        System.out.printf(Locale.ROOT, "  %6d octets each  %s%n", entry.getValue(), entry.getKey()));
    }
}
