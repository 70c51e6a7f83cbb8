// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.Locale;
import java.util.function.IntConsumer;
import org.jswan.control.WhackCommand;

/**
 * What a packet, an acquire and a status line cost beside few and beside many connections: the same ten peers, the same
 * work, and so many other connections that it must not matter for.
 */
final class ScaleCost {
    private static final int ACTIVE = 10;
    private static final int FEW = 10;
    private static final int MANY = 10_000;
    /** Of each kind, and as many before to warm up. */
    private static final int ROUNDS = 30;

    private static final int STRAY = 65_000;
    private static final int STRAYS = 2_000;
    private static final int REROUTES = 300;
    private static final int LINES = 200_000;
    private static final double LIMIT = 1.5;

    private ScaleCost() {}

    /** What one of each costs, in microseconds of processor time. */
    private record Figures(double negotiation, double onDemand, double stray, double listed, double rerouted) {}

    /** Prints the figures beside few and many connections, and what one is times the other. */
    static void print(String proposal) {
        // The first of each is for the compiler.
        measure(FEW, proposal);
        measure(MANY, proposal);
        Figures few = measure(FEW, proposal);
        Figures many = measure(MANY, proposal);
        print("packets of a negotiation, ours the responder", few.negotiation(), many.negotiation());
        print("acquire and what it begins", few.onDemand(), many.onDemand());
        print("acquire that no connection is for", few.stray(), many.stray());
        print("the lines of a connection in the status", few.listed(), many.listed());
        print("--unroute and --route, all towards one network", few.rerouted(), many.rerouted());
    }

    private static void print(String what, double few, double many) {
        System.out.printf(
                Locale.ROOT,
                "scale     %s: %.1f us beside %d connections, %.1f us beside %d: %.2f times (at most %.1f)%n",
                what,
                few,
                FEW,
                many,
                MANY,
                many / few,
                LIMIT);
    }

    private static Figures measure(int connections, String proposal) {
        Peers peers = new Peers(connections, proposal);
        peers.configureResponder();
        peers.startInitiators(ACTIVE);
        peers.route();
        double negotiation = each(peers, ACTIVE, n -> {
            peers.begin(n);
            peers.pass();
        });
        double onDemand = each(peers, ACTIVE, peers::acquire);
        double stray = 0;
        for (int round = 0; round < 2; round++) {
            Meter.Cost before = peers.responder().cost();
            for (int n = 0; n < STRAYS; n++) {
                peers.acquire(STRAY);
            }
            stray = micros(peers.responder(), before) / STRAYS;
        }
        Peers one = new Peers(1, proposal);
        one.configureResponder();
        double listed = (status(peers) - status(one)) / (connections - 1);
        return new Figures(negotiation, onDemand, stray, listed, reroute(new Hub(connections, proposal)));
    }

    /** What it costs the responder that one connection comes up by that. */
    private static double each(Peers peers, int count, IntConsumer up) {
        long total = 0;
        for (int round = 0; round < 2 * ROUNDS; round++) {
            Meter.Cost before = peers.responder().cost();
            for (int n = 0; n < count; n++) {
                up.accept(n);
            }
            if (round >= ROUNDS) {
                total += peers.responder().cost().minus(before).cpuNanos();
            }
            peers.responder().expectEstablished(count);
            for (int n = 0; n < count; n++) {
                peers.end(n);
            }
        }
        return total / 1e3 / ROUNDS / count;
    }

    /** One more that leads to where all others do. */
    private static double reroute(Hub hub) {
        double last = 0;
        for (int round = 0; round < 2; round++) {
            Meter.Cost before = hub.host().cost();
            for (int n = 0; n < REROUTES; n++) {
                hub.reroute();
            }
            last = micros(hub.host(), before) / REROUTES;
        }
        return last;
    }

    /** One listing of all. */
    private static double status(Peers peers) {
        double last = 0;
        for (int round = 0; round < 2; round++) {
            int times = 0;
            Meter.Cost before = peers.responder().cost();
            for (int lines = 0; lines < LINES; times++) {
                lines += peers.responder().lines(new WhackCommand.Status());
            }
            last = micros(peers.responder(), before) / times;
        }
        return last;
    }

    private static double micros(BenchHost host, Meter.Cost before) {
        return host.cost().minus(before).cpuNanos() / 1e3;
    }
}
