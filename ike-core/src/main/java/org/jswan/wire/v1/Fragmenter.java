// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.ArrayList;
import java.util.List;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.WireException;

/** Cuts messages into pieces that fit any network path. The sizes are libreswan's. */
public final class Fragmenter {
    /** What UDP can count on, less an allowance: 576 - 20 - 24. */
    private static final int IPV4_OCTETS = 532;

    /** 1280 - 48 - 40. */
    private static final int IPV6_OCTETS = 1192;

    /** The zeros in front of a message on a port that it shares with ESP (RFC 3948 section 2.2). */
    private static final int MARKER = 4;

    /** All messages use it: there is never more than one under way. */
    private static final int FRAGMENT_ID = 1;

    private Fragmenter() {}

    private static int limit(AddressFamily family) {
        return family == AddressFamily.IPV4 ? IPV4_OCTETS : IPV6_OCTETS;
    }

    /**
     * Whether a message should be cut, if the peer takes pieces.
     *
     * @param octets of the message without marker
     * @param marker whether messages have one on that path
     */
    public static boolean isLong(int octets, AddressFamily family, boolean marker) {
        // As libreswan: it counts the marker twice.
        return octets + (marker ? 2 * MARKER : 0) >= limit(family);
    }

    /**
     * The messages to send in place of {@code message}, each without marker.
     *
     * @param message encrypted or not, with its header
     * @param marker whether messages have one on that path
     */
    public static List<Bytes> cut(Bytes message, AddressFamily family, boolean marker) {
        IkeHeader whole = header(message);
        IkeHeader header = whole.with(whole.version(), whole.flags() & ~IkeHeader.FLAG_V1_ENCRYPTION);
        int room = limit(family) - (marker ? MARKER : 0) - IkeHeader.LENGTH - FragmentPayload.FIXED;
        List<Bytes> messages = new ArrayList<>();
        for (int at = 0; at < message.length(); at += room) {
            int count = Math.min(room, message.length() - at);
            FragmentPayload piece = new FragmentPayload(
                    FRAGMENT_ID, messages.size() + 1, at + count == message.length(), message.slice(at, count));
            messages.add(Message.of(header, List.of(piece)).octets());
        }
        return messages;
    }

    private static IkeHeader header(Bytes message) {
        try {
            return IkeHeader.decode(message);
        } catch (WireException e) {
            throw new IllegalArgumentException("not a message to cut", e);
        }
    }
}
