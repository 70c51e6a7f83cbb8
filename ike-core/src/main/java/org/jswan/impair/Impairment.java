// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.Optional;

/** A behaviour that can be impaired. In the order of the listings. */
public enum Impairment {
    /** The first repetition of a request ends its IKE SA. */
    DELETE_ON_RETRANSMIT("delete-on-retransmit"),
    /** What is to stay up is not revived. */
    REVIVAL("revival"),
    /** Peers are not told that an SA ends. */
    SEND_NO_DELETE("send-no-delete"),
    /** Requests are not repeated; their time-out stays. */
    SUPPRESS_RETRANSMITS("suppress-retransmits"),
    /** The first repetition of a request is its time-out. */
    TIMEOUT_ON_RETRANSMIT("timeout-on-retransmit");

    private final String text;

    Impairment(String text) {
        this.text = text;
    }

    /** The one with exactly this name; empty also for those of libreswan that have no meaning here yet. */
    public static Optional<Impairment> named(String name) {
        for (Impairment each : values()) {
            if (each.text.equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
