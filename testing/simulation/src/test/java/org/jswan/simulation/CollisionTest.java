// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.simulation.SimHost.SimSession;
import org.jswan.simulation.SimNetwork.Datagram;
import org.junit.jupiter.api.Test;

/**
 * Both ends begin something at the same time (RFC 7296 §2.8.1, §2.8.2, §2.25): in every order in which the messages can
 * arrive, and with every one of them lost once, both ends have the same SAs in the end and nothing else.
 */
class CollisionTest {
    /** Longer than a datagram is on its way and what it sets off takes. */
    private static final Duration STEP = Duration.ofMillis(25);
    /** Longer than the first two retransmissions wait. */
    private static final Duration PATIENCE = Duration.ofMillis(1600);
    /** Longer than the last retransmission waits, and than what is tried again later. */
    private static final Duration AFTERMATH = Duration.ofMinutes(3);

    private static final long CHILD = 2;
    private static final long IKE = 1;

    /** What an end does. */
    private enum Act {
        REKEY_CHILD(new WhackCommand.RekeyIpsec("t")),
        REKEY_IKE(new WhackCommand.RekeyIke("1")),
        NEW_CHILD(new WhackCommand.Initiate("u", Optional.empty())),
        DELETE_CHILD(new WhackCommand.DeleteState(CHILD)),
        DELETE_IKE(new WhackCommand.DeleteState(IKE));

        private final WhackCommand command;

        Act(WhackCommand command) {
            this.command = command;
        }

        boolean keeps() {
            return this == REKEY_CHILD || this == REKEY_IKE || this == NEW_CHILD;
        }
    }

    /** What is decided in one run: which of the datagrams on their way arrives next, or is lost. */
    private static final class Choices {
        private final List<Integer> taken = new ArrayList<>();
        private final List<Integer> possible = new ArrayList<>();
        private int next;

        int choose(int count) {
            if (next == taken.size()) {
                taken.add(0);
                possible.add(count);
            } else {
                assertThat(possible.get(next)).as("a run can be repeated").isEqualTo(count);
            }
            return taken.get(next++);
        }

        /** The next run, in the order of an odometer; says whether there is one. */
        boolean advance() {
            next = 0;
            for (int last = taken.size() - 1; last >= 0; last--) {
                if (taken.get(last) + 1 < possible.get(last)) {
                    taken.set(last, taken.get(last) + 1);
                    return true;
                }
                taken.remove(last);
                possible.remove(last);
            }
            return false;
        }
    }

    @Test
    void rekeyOfChildAgainstRekeyOfChild() {
        collide(Act.REKEY_CHILD, Act.REKEY_CHILD);
    }

    @Test
    void rekeyOfIkeAgainstRekeyOfIke() {
        collide(Act.REKEY_IKE, Act.REKEY_IKE);
    }

    @Test
    void rekeyOfIkeAgainstRekeyOfChild() {
        collide(Act.REKEY_IKE, Act.REKEY_CHILD);
        collide(Act.REKEY_CHILD, Act.REKEY_IKE);
    }

    @Test
    void rekeyOfIkeAgainstNewChild() {
        collide(Act.REKEY_IKE, Act.NEW_CHILD);
        collide(Act.NEW_CHILD, Act.REKEY_IKE);
    }

    @Test
    void rekeyOfChildAgainstDelete() {
        collide(Act.REKEY_CHILD, Act.DELETE_CHILD);
        collide(Act.DELETE_CHILD, Act.REKEY_CHILD);
        collide(Act.REKEY_CHILD, Act.DELETE_IKE);
    }

    @Test
    void rekeyOfIkeAgainstDelete() {
        collide(Act.REKEY_IKE, Act.DELETE_IKE);
        collide(Act.DELETE_IKE, Act.REKEY_IKE);
        collide(Act.REKEY_IKE, Act.DELETE_CHILD);
    }

    @Test
    void deleteAgainstDelete() {
        collide(Act.DELETE_CHILD, Act.DELETE_CHILD);
        collide(Act.DELETE_IKE, Act.DELETE_IKE);
        collide(Act.DELETE_IKE, Act.DELETE_CHILD);
    }

    private static void collide(Act west, Act east) {
        int orders = 0;
        int losses = 0;
        // Nonces decide, too: other seeds, other winners.
        for (int seed = 1; seed <= 2; seed++) {
            orders += runs(seed, west, east, false);
            losses += runs(seed, west, east, true);
        }
        System.out.printf("%s against %s: %d delivery orders, %d with one loss%n", west, east, orders, losses - orders);
    }

    private static int runs(int seed, Act west, Act east, boolean losing) {
        Choices choices = new Choices();
        int runs = 0;
        do {
            run(seed, west, east, losing, choices);
            runs++;
        } while (choices.advance());
        return runs;
    }

    private static ConnectionRequest.Builder quick(ConnectionRequest.Builder both) {
        return both.set(ConnectionOption.IKE, "aes_gcm256-sha2_256-dh31").set(ConnectionOption.ESP, "aes_gcm256");
    }

    private static void run(int seed, Act west, Act east, boolean losing, Choices choices) {
        Pair pair = Pair.listening(seed, CollisionTest::quick);
        boolean second = west == Act.NEW_CHILD || east == Act.NEW_CHILD;
        if (second) {
            pair.addSecond(CollisionTest::quick);
        }
        pair.initiate(pair.west);
        assertThat(pair.world.runUntil(pair::isUp, Duration.ofSeconds(5)))
                .as(pair.trace())
                .isTrue();
        pair.world.run(STEP);
        List<Datagram> waiting = new ArrayList<>();
        pair.world.network().filter(datagram -> {
            waiting.add(datagram);
            return false;
        });
        SimSession wests = pair.west.whack(WhackRequest.of(west.command));
        SimSession easts = pair.east.whack(WhackRequest.of(east.command));
        pair.world.run(STEP);
        boolean lost = !losing;
        while (!waiting.isEmpty() || pair.world.runUntil(() -> !waiting.isEmpty(), PATIENCE)) {
            int held = waiting.size();
            int choice = choices.choose(lost ? held : 2 * held);
            Datagram datagram = waiting.remove(choice % held);
            if (choice >= held) {
                lost = true;
            } else {
                pair.world.network().deliverLater(datagram);
            }
            pair.world.run(STEP);
        }
        pair.world.network().filter(datagram -> true);
        pair.world.run(AFTERMATH);
        String told = west + " against " + east + ", seed " + seed + ", " + choices.taken + "\n";
        assertThat(wests.isFinished() && easts.isFinished())
                .as(told + pair.trace())
                .isTrue();
        Set<String> seen = seenBy(pair.west, true);
        assertThat(seenBy(pair.east, false)).as(told + pair.trace()).isEqualTo(seen);
        // An IKE SA, and for each Child SA two of the kernel's.
        int all = second ? 1 + 2 * 3 : 1 + 3;
        if (west.keeps() && east.keeps()) {
            assertThat(seen).as(told + pair.trace()).hasSize(all);
        }
        assertThat(seen.size()).as(told + pair.trace()).isLessThanOrEqualTo(all);
        for (SimHost host : List.of(pair.west, pair.east)) {
            pair.terminate(host);
            host.whack(WhackRequest.of(new WhackCommand.Delete("u", false)));
        }
        pair.world.run(STEP);
        pair.assertNothingLeftAfterDelete();
    }

    /** An end's SAs, and its kernel's, so that the other end's are the same. */
    private static Set<String> seenBy(SimHost host, boolean west) {
        Set<String> seen = new TreeSet<>();
        for (Sa sa : host.pluto().sas()) {
            if (sa instanceof IkeSa ike) {
                seen.add("IKE " + ike.initiatorSpi() + " " + ike.responderSpi() + " " + ike.state() + " "
                        + ike.children().size());
                assertThat(ike.connection().newestIke()).contains(ike.serial());
            } else if (sa instanceof ChildSa child) {
                int in = child.inbound().orElseThrow().spi();
                int out = child.outbound().orElseThrow().spi();
                seen.add("Child " + (west ? in + " " + out : out + " " + in) + " " + child.state());
                assertThat(child.connection().newestChild()).contains(child.serial());
            }
        }
        host.kernel()
                .installed()
                .forEach(sa -> seen.add(
                        "kernel " + sa.id().destination() + " " + sa.id().spi()));
        return seen;
    }
}
