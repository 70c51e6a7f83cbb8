// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jswan.base.Bytes;

/**
 * The pieces of one incoming message, which may come in any order. Nobody has authenticated them, so what is kept is
 * bounded. As libreswan: of each number the latest piece counts, and to which message a piece says that it belongs does
 * not matter.
 */
public final class FragmentBuffer {
    /** How many octets are kept: no datagram has more. */
    public static final int MAX_OCTETS = 64 * 1024;

    private final SortedMap<Integer, FragmentPayload> pieces = new TreeMap<>();

    /** Whether nothing is kept. */
    public boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** Forgets everything; so is done when a message was sent or taken. */
    public void clear() {
        pieces.clear();
    }

    /**
     * Takes a piece; one that does not fit any more is dropped. When the last missing one came, all are forgotten.
     *
     * @return the whole message, its header included, once it is complete
     * @throws IllegalArgumentException if the piece is not {@linkplain FragmentPayload#isNumbered numbered}
     */
    public Optional<Bytes> add(FragmentPayload piece) {
        if (!piece.isNumbered()) {
            throw new IllegalArgumentException("fragment number " + piece.number());
        }
        FragmentPayload earlier = pieces.put(piece.number(), piece.compact());
        if (octets() > MAX_OCTETS) {
            pieces.remove(piece.number());
            if (earlier != null) {
                pieces.put(piece.number(), earlier);
            }
            return Optional.empty();
        }
        int end = end();
        if (end == 0 || pieces.headMap(end).size() != end - 1) {
            return Optional.empty();
        }
        Bytes[] parts = pieces.headMap(end + 1).values().stream()
                .map(FragmentPayload::data)
                .toArray(Bytes[]::new);
        clear();
        return Optional.of(Bytes.concat(parts));
    }

    /** How many octets are kept. */
    public int octets() {
        return pieces.values().stream().mapToInt(piece -> piece.data().length()).sum();
    }

    /** The highest number of a piece that claims to be the last; 0 if none does. */
    private int end() {
        return pieces.entrySet().stream()
                .filter(entry -> entry.getValue().last())
                .mapToInt(Map.Entry::getKey)
                .max()
                .orElse(0);
    }
}
