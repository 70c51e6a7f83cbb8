// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Shunt;

/**
 * What packets between two ends meet that belongs to no connection, or not yet.
 *
 * @param ours and {@code theirs}: of one protocol
 * @param why a word or two for the listing
 * @param sinceNanos when it became what it is
 * @param from whose trap comes back when it goes; empty: nothing comes back
 */
record BareShunt(
        Selector ours, Selector theirs, Shunt kind, Why why, long sinceNanos, Optional<ConnectionSerial> from) {

    /** How it came to be. */
    enum Why {
        ACQUIRE("acquire"),
        NEGOTIATING("oe-negotiating"),
        FAILING("oe-failing"),
        FAILED("oe-failed");

        private final String text;

        Why(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** What it is found by. */
    record Key(Selector ours, Selector theirs) {}

    /** Whether it stands in for a packet between those ends, whose ports are as those of any packet. */
    boolean isHeldBetween(Selector here, Selector there) {
        return why == Why.ACQUIRE
                && ours.subnet().equals(here.subnet())
                && theirs.subnet().equals(there.subnet())
                && ours.protocol() == here.protocol();
    }

    Key key() {
        return new Key(ours, theirs);
    }

    /** {@code 192.0.2.1/32 -0-> 192.0.2.2/32 => %pass 0    oe-failing}. */
    String line() {
        return selectors() + " => " + spi() + " 0    " + why;
    }

    /** As the log and debugging lines have it. */
    String story() {
        return "bare shunt 0x" + Integer.toHexString(System.identityHashCode(this)) + " " + selectors() + " => " + kind
                + " 0    " + why;
    }

    private String selectors() {
        return selectors(ours, theirs);
    }

    static String selectors(Selector ours, Selector theirs) {
        return text(ours) + " -" + ours.protocol() + "-> " + text(theirs);
    }

    private static String text(Selector end) {
        return end.subnet() + (end.protocol() == 0 && end.port() == 0 ? "" : ":" + end.port());
    }

    private String spi() {
        return switch (kind) {
            case NONE -> "%unk-0";
            case HOLD -> "%hold";
            case TRAP -> "%trap";
            case PASS -> "%pass";
            case DROP -> "%drop";
            case REJECT -> "%reject";
        };
    }
}
