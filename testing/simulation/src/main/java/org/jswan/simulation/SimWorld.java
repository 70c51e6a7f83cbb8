// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.identity.SecretStore;
import org.jswan.pluto.PlutoOptions;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;

/** Some hosts, the wire between them, and the time that passes for all. */
public final class SimWorld {
    private final VirtualClock clock = new VirtualClock();
    private final TimerQueue timers = new TimerQueue(clock);
    private final Random random;
    private final SimNetwork network = new SimNetwork(this);
    private final List<String> trace = new ArrayList<>();
    private Duration longestHelper = Duration.ofMillis(2);

    public SimWorld(long seed) {
        random = new Random(seed);
    }

    /** A new host with that address, which knows these secrets. */
    public SimHost host(String name, String address, SecretStore secrets) {
        return new SimHost(name, this, List.of(IpAddress.of(address)), secrets, PlutoOptions.defaults());
    }

    /** From now on the network behaves like that. */
    public void weather(Weather of) {
        network.weather(of);
    }

    /** From now on only datagrams that pass are delivered. */
    public void pass(Predicate<Bytes> filter) {
        network.filter(datagram -> filter.test(datagram.octets()));
    }

    /** From now on that host is seen at another address only, and from there reached at ports that it sent from. */
    public SimNat translate(String inside, String outside) {
        SimNat nat = new SimNat(IpAddress.of(inside), IpAddress.of(outside));
        network.add(nat);
        return nat;
    }

    /** Delivers a datagram that no daemon sent. */
    public void inject(Endpoint from, Endpoint to, Bytes octets) {
        network.deliverLater(new SimNetwork.Datagram(from, to, octets));
    }

    /** How many datagrams were sent so far, lost ones included. */
    public long datagrams() {
        return network.captured().size();
    }

    /** Lets that much time pass. */
    public void run(Duration time) {
        long end = clock.nanos() + time.toNanos();
        while (step(end)) {
            // Each step runs what is due and moves on to the next deadline.
        }
        clock.advanceTo(end);
    }

    /** Lets time pass until {@code condition} holds, but not more than {@code longest}; says whether it holds. */
    public boolean runUntil(BooleanSupplier condition, Duration longest) {
        long end = clock.nanos() + longest.toNanos();
        while (!condition.getAsBoolean()) {
            if (!step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    private boolean step(long end) {
        OptionalLong next = timers.nextDeadline();
        if (next.isEmpty() || next.getAsLong() > end) {
            return false;
        }
        clock.advanceTo(next.getAsLong());
        timers.runDue();
        return true;
    }

    Clock clock() {
        return clock;
    }

    TimerQueue timers() {
        return timers;
    }

    /** How many timers are pending, datagrams on their way included. */
    public int pendingTimers() {
        return timers.pending();
    }

    SimNetwork network() {
        return network;
    }

    long nextSeed() {
        return random.nextLong();
    }

    boolean chance(int percent) {
        return percent > 0 && random.nextInt(100) < percent;
    }

    double fraction() {
        return random.nextDouble();
    }

    Duration helperDelay() {
        return Duration.ofNanos((long) (random.nextDouble() * longestHelper.toNanos()));
    }

    void trace(String line) {
        trace.add(String.format("%9.3f %s", (clock.nanos() - 1_000_000_000L) / 1e9, line));
    }

    /** All that happened, line by line. */
    public List<String> trace() {
        return trace;
    }

    static String describe(Bytes octets) {
        try {
            IkeHeader header = IkeHeader.decode(octets);
            return header.exchange().shortName()
                    + (header.isResponse() ? " response " : " request ")
                    + header.messageId();
        } catch (WireException malformed) {
            return octets.length() + " octets";
        }
    }
}
