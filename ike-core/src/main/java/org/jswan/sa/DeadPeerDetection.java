// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;

/** What an ISAKMP SA knows of signs of life, asked for and given (RFC 3706). Numbers have 32 bits. */
public final class DeadPeerDetection {
    /** As libreswan: a peer that counts wrongly is answered that often. */
    private static final int MOST_REPETITIONS = 3;

    private long next;
    private long awaited;
    private long lastOfPeer;
    private int repetitions;
    private Optional<Long> lastContact = Optional.empty();

    /** How a peer's number compares with the one before. */
    public enum Order {
        NEW,
        REPEATED,
        REPEATED_TOO_OFTEN
    }

    DeadPeerDetection() {}

    /** The number of our next question; 0 before the first. */
    public long next() {
        return next;
    }

    /** The number of our question that was not answered yet; 0 if there is none. */
    public long awaited() {
        return awaited;
    }

    /** Our questions begin with that number. */
    public void begin(long first) {
        next = first;
    }

    /** A question goes out. @return its number */
    public long ask() {
        awaited = next++;
        return awaited;
    }

    /** Our question was answered. */
    public void answered() {
        awaited = 0;
    }

    /** Takes the number of a question of the peer. */
    public Order take(long number) {
        if (lastOfPeer != 0 && number <= lastOfPeer) {
            if (repetitions >= MOST_REPETITIONS) {
                return Order.REPEATED_TOO_OFTEN;
            }
            repetitions++;
            lastOfPeer = number;
            return Order.REPEATED;
        }
        repetitions = 0;
        lastOfPeer = number;
        return Order.NEW;
    }

    /** When the peer was last asked or heard, in the clock's nanoseconds. */
    public Optional<Long> lastContact() {
        return lastContact;
    }

    public void setLastContact(long nanos) {
        lastContact = Optional.of(nanos);
    }
}
