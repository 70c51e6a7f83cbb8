// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Arrays;

/**
 * The message IDs that exchanges of an ISAKMP SA have had, so that none counts twice (RFC 2408 §3.1). The peer can make as many as it
 * likes, so there is a bound: as many as two ends use up that ask each other every second, for as long as an ISAKMP SA lives
 * by default.
 */
final class UsedMessageIds {
    static final int LIMIT = 1 << 17;

    private static final int SMALLEST = 16;

    /** Open addressing with a free place for each one taken; 0 is no message ID of an exchange. */
    private int[] table = new int[SMALLEST];

    private int size;

    /** Odd and not known to the peer, which chooses the IDs: so it cannot choose such as all go to one place. */
    private final int multiplier = System.identityHashCode(this) << 1 | 1;

    boolean contains(long messageId) {
        return messageId != 0 && table[place(table, (int) messageId)] == (int) messageId;
    }

    /** Remembers one; nothing happens for 0, which phase 1 has. */
    void add(long messageId) {
        int id = (int) messageId;
        if (id == 0 || contains(messageId)) {
            return;
        }
        if (2 * (size + 1) > table.length) {
            grow();
        }
        table[place(table, id)] = id;
        size++;
    }

    /** Whether there are so many that the peer may use no more. */
    boolean isFull() {
        return size >= LIMIT;
    }

    private void grow() {
        int[] larger = new int[2 * table.length];
        Arrays.stream(table).filter(id -> id != 0).forEach(id -> larger[place(larger, id)] = id);
        table = larger;
    }

    /** Where that ID is, or would be. The table is never full. */
    private int place(int[] table, int id) {
        int at = (id * multiplier) >>> (Integer.numberOfLeadingZeros(table.length) + 1);
        while (table[at] != 0 && table[at] != id) {
            at = (at + 1) % table.length;
        }
        return at;
    }
}
