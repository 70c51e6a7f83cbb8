// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jswan.time.Clock;
import org.jswan.time.Durations;
import org.jswan.time.TimerQueue;

/**
 * What {@code --listevents} shows: when the daemon does something by itself, and what it heeds. Some that libreswan does at fixed
 * intervals is only done here while there is a reason to; it is told when it would be, so that the times are libreswan's.
 */
public final class EventLines {
    private static final Duration NEVER = Duration.ZERO;
    private static final List<String> SIGNALS = List.of("PLUTO_SIGCHLD", "PLUTO_SIGTERM", "PLUTO_SIGHUP");

    private final Clock clock;
    private final TimerQueue timers;
    private final List<Event> events;
    private final List<String> sources;
    private final long beginning;

    /** @param interval in which it recurs; {@link #NEVER} for what happens once, if it is asked for */
    private record Event(String name, Duration interval) {
        boolean recurs() {
            return !interval.equals(NEVER);
        }
    }

    /**
     * The daemon starts now.
     *
     * @param shuntScan in which shunts of no connection are looked after
     * @param hearsRoutes whether the kernel tells of routes by a socket of its own
     */
    public EventLines(Clock clock, TimerQueue timers, Duration shuntScan, boolean hearsRoutes) {
        this.clock = clock;
        this.timers = timers;
        this.beginning = clock.nanos();
        this.events = List.of(
                new Event("EVENT_REINIT_SECRET", Duration.ofHours(1)),
                new Event("EVENT_SHUNT_SCAN", shuntScan),
                new Event("EVENT_PENDING_DDNS", Duration.ofMinutes(1)),
                new Event("EVENT_PENDING_PHASE2", Duration.ofMinutes(2)),
                new Event("EVENT_CHECK_CRLS", NEVER),
                new Event("EVENT_REVIVE_CONNS", NEVER),
                new Event("EVENT_RESET_LOG_LIMITER", Duration.ofHours(1)),
                new Event("EVENT_NAT_T_KEEPALIVE", NEVER));
        this.sources = hearsRoutes
                ? List.of("PLUTO_CTL_FD", "KERNEL_ROUTE_FD", "KERNEL_XRM_FD")
                : List.of("PLUTO_CTL_FD", "KERNEL_XRM_FD");
    }

    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("it is now: " + Duration.ofNanos(clock.nanos()).toSeconds() + " seconds since monotonic epoch");
        for (Event event : events) {
            due(event).ifPresent(nanos -> lines.add(line(event, nanos)));
        }
        SIGNALS.forEach(signal -> lines.add("signal event handler " + signal));
        for (String source : sources) {
            // As libreswan, which says it twice.
            lines.add("event " + source + " is not timer based");
            lines.add("event " + source + " is not timer based");
        }
        return lines;
    }

    private String line(Event event, long due) {
        Duration rest = Duration.ofNanos(due - clock.nanos());
        // As libreswan: the moment is the calendar's.
        return "global " + (event.recurs() ? "periodic" : "one-shot") + " timer " + event.name() + " is scheduled for "
                + clock.wall().plus(rest).getEpochSecond() + " (in " + Durations.seconds(rest) + " seconds)";
    }

    private OptionalLong due(Event event) {
        OptionalLong armed = timers.deadline(event.name());
        if (armed.isPresent() || !event.recurs()) {
            return armed;
        }
        long now = clock.nanos();
        long interval = event.interval().toNanos();
        return OptionalLong.of(now + interval - (now - beginning) % interval);
    }
}
