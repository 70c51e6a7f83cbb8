// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.time.TimerQueue;

/** What lies between the hosts of a benchmark: a mailbox of events, run one after the other on the caller's thread. */
final class Wire {
    private final BenchClock clock = new BenchClock();
    private final Deque<Event> mailbox = new ArrayDeque<>();
    private final Map<Endpoint, Socket> sockets = new HashMap<>();

    private final Map<BenchHost, TimerQueue> timers = new LinkedHashMap<>();

    private Consumer<Bytes> tap = octets -> {};

    private record Event(BenchHost host, Runnable action) {}

    private record Socket(BenchHost host, BenchSocket socket) {}

    BenchClock clock() {
        return clock;
    }

    void post(BenchHost host, Runnable action) {
        mailbox.add(new Event(host, action));
    }

    /** That host's timers, which {@link #drain()} runs. */
    void add(BenchHost host, TimerQueue queue) {
        timers.put(host, queue);
    }

    void bind(BenchHost host, BenchSocket socket) {
        sockets.put(socket.local(), new Socket(host, socket));
    }

    void unbind(BenchSocket socket) {
        sockets.remove(socket.local());
    }

    /** That host is not reached any more. */
    void unbindAll(BenchHost host) {
        sockets.values().removeIf(socket -> socket.host() == host);
        timers.remove(host);
    }

    /** Every datagram from now on, before it is delivered. */
    void tap(Consumer<Bytes> told) {
        tap = told;
    }

    /** To where nobody listens (any more), datagrams are lost. */
    void send(Endpoint from, Endpoint to, Bytes octets) {
        tap.accept(octets);
        Socket at = sockets.get(to);
        if (at != null) {
            post(at.host(), () -> at.host().pluto().datagram(at.socket(), from, octets));
        }
    }

    /** Runs all that is posted, and what that posts; a millisecond passes, and the timers that were to wait so long run. */
    void drain() {
        runPosted();
        clock.advance();
        timers.forEach((host, queue) -> queue.runDue((name, action) -> host.metered(action)));
        runPosted();
    }

    private void runPosted() {
        Event event = mailbox.poll();
        while (event != null) {
            event.host().metered(event.action());
            event = mailbox.poll();
        }
    }
}
