// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.time.Duration;
import java.util.Optional;

/**
 * When a request is sent again: the first time after the interval, then at doubled delays, until the time-out has passed
 * since the first sending or twelve have been sent.
 */
public final class Retransmission {
    /** As libreswan: no exchange is repeated more often. */
    public static final int MAXIMUM = 12;

    private final Duration timeout;
    private final long startNanos;
    private Duration delay;
    private Duration total;
    private int count;

    /**
     * @param interval until the first repetition
     * @param timeout after which the peer counts as silent
     * @param nowNanos the clock when the request was first sent
     */
    public Retransmission(Duration interval, Duration timeout, long nowNanos) {
        this.delay = interval;
        this.total = interval;
        this.timeout = timeout;
        this.startNanos = nowNanos;
    }

    /** Until the next repetition or, if there is none, until the end. */
    public Duration delay() {
        return delay;
    }

    public Duration timeout() {
        return timeout;
    }

    /** How often the request was repeated. */
    public int count() {
        return count;
    }

    public boolean isCountExceeded() {
        return count >= MAXIMUM;
    }

    /** How long ago the request was first sent. */
    public Duration waited(long nowNanos) {
        return Duration.ofNanos(nowNanos - startNanos);
    }

    /** The delay has passed: the next delay if the request is to be repeated, empty if the peer counts as silent. */
    public Optional<Duration> next(long nowNanos) {
        if (isCountExceeded() || waited(nowNanos).compareTo(timeout) >= 0 || total.compareTo(timeout) >= 0) {
            return Optional.empty();
        }
        Duration doubled = delay.multipliedBy(2);
        if (count > 0 && doubled.compareTo(timeout) < 0) {
            delay = doubled;
        }
        count++;
        total = total.plus(delay);
        return Optional.of(delay);
    }
}
