// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jswan.base.Bytes;

/**
 * The messages of one direction that are to be lost, by their numbers. They are counted from 1 on as long as one is to be
 * lost; a message that comes again has the number that it had.
 */
public final class LostMessages {
    private final String direction;
    private final Set<Long> doomed = new HashSet<>();
    private final Map<Bytes, Long> numbers = new LinkedHashMap<>();

    /** @param direction {@code incoming} or {@code outgoing} */
    LostMessages(String direction) {
        this.direction = direction;
    }

    /** {@code incoming} or {@code outgoing}. */
    public String direction() {
        return direction;
    }

    /** @param number of the message to be lost, once */
    public void lose(long number) {
        doomed.add(number);
    }

    /** The number of a message if it is to be lost; from then on it is to be lost no more. */
    public OptionalLong lost(Bytes message) {
        if (doomed.isEmpty()) {
            return OptionalLong.empty();
        }
        long number = numbers.computeIfAbsent(message, unseen -> numbers.size() + 1L);
        return doomed.remove(number) ? OptionalLong.of(number) : OptionalLong.empty();
    }

    /** Whether one is still to be lost. */
    public boolean isOutstanding() {
        return !doomed.isEmpty();
    }
}
