// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.crypto.Protection;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v2.Message;
import org.jswan.wire.v2.SkfPayload;

/**
 * The fragments of one incoming message (RFC 7383 section 2.6), which may come in any order. Only authentic ones are
 * kept, except that a responder that has no keys yet {@link #hold holds} what might be, and opens it later. Of each
 * number the first that is good counts. One instance serves one message; as fragments come from anywhere, what it keeps
 * is bounded.
 */
public final class Reassembler {
    /** How many octets of fragments are kept for a message. */
    public static final int MAX_OCTETS = 256 * 1024;

    /** How many octets are kept that nobody has authenticated. */
    public static final int MAX_HELD_OCTETS = 64 * 1024;

    /** A fragment as it came and, once it turned out authentic, its content. */
    private record Part(Message message, SkfPayload payload, Optional<Bytes> content) {}

    private final SortedMap<Integer, Part> parts = new TreeMap<>();
    private int octets;

    /** Whether nothing is kept. */
    public boolean isEmpty() {
        return parts.isEmpty();
    }

    /**
     * Takes a message whose last payload is an {@link SkfPayload}. When the last missing fragment came, all are
     * forgotten and the message is decoded.
     *
     * @throws IllegalArgumentException if it is not a fragment
     */
    public Decoded add(Message message, Protection protection) {
        SkfPayload fragment = fragment(message);
        Optional<NotAuthentic> misfit = misfit(message, fragment, MAX_OCTETS);
        if (misfit.isPresent()) {
            return misfit.get();
        }
        EncryptedMessage.Opened opened = EncryptedMessage.open(message, fragment.sealed(), protection);
        if (opened.content().isEmpty()) {
            return new NotAuthentic(
                    Optional.of(opened.problem()),
                    "fragment " + fragment.number() + " of " + fragment.total() + " invalid",
                    true);
        }
        keep(message, fragment, opened.content());
        return state();
    }

    /**
     * Keeps a fragment for {@link #open}, because there are no keys yet.
     *
     * @return why it is dropped; nothing if it was kept
     */
    public Optional<NotAuthentic> hold(Message message) {
        SkfPayload fragment = fragment(message);
        Optional<NotAuthentic> misfit = misfit(message, fragment, MAX_HELD_OCTETS);
        if (misfit.isEmpty()) {
            keep(message, fragment, Optional.empty());
        }
        return misfit;
    }

    /**
     * Opens what was held and drops what is not authentic. If nothing remains, even the number of fragments was a lie,
     * and collecting begins anew.
     *
     * @param dropped hears of each that was dropped
     * @return a decoded message, or the fragments that are missing
     */
    public Decoded open(Protection protection, Consumer<NotAuthentic> dropped) {
        int total = isEmpty() ? 0 : total();
        for (Part part : parts.values().toArray(Part[]::new)) {
            if (part.content().isEmpty()) {
                openHeld(part, protection).ifPresent(dropped);
            }
        }
        return isEmpty() ? new FragmentsMissing(0, total) : state();
    }

    private Optional<NotAuthentic> openHeld(Part part, Protection protection) {
        SkfPayload fragment = part.payload();
        EncryptedMessage.Opened opened = EncryptedMessage.open(part.message(), fragment.sealed(), protection);
        if (opened.content().isPresent()) {
            parts.put(fragment.number(), new Part(part.message(), fragment, opened.content()));
            return Optional.empty();
        }
        parts.remove(fragment.number());
        octets -= part.message().octets().length();
        return Optional.of(new NotAuthentic(
                Optional.of(opened.problem()),
                "saved fragment " + fragment.number() + " of " + fragment.total() + " invalid; dropped",
                true));
    }

    /** Forgets everything. */
    public void clear() {
        parts.clear();
        octets = 0;
    }

    private static SkfPayload fragment(Message message) {
        return message.first(SkfPayload.class)
                .orElseThrow(() -> new IllegalArgumentException("no SKF payload in the message"));
    }

    private int total() {
        return parts.get(parts.firstKey()).payload().total();
    }

    private void keep(Message message, SkfPayload fragment, Optional<Bytes> content) {
        parts.put(fragment.number(), new Part(message, fragment, content));
        octets += message.octets().length();
    }

    private Decoded state() {
        int total = total();
        if (parts.size() < total) {
            return new FragmentsMissing(parts.size(), total);
        }
        // RFC 7383 section 2.5.3: unprotected payloads, if any, stand in the first fragment.
        Part first = parts.get(1);
        Bytes content = Bytes.concat(parts.values().stream()
                .map(part -> part.content().orElseThrow())
                .toArray(Bytes[]::new));
        clear();
        return EncryptedMessage.decode(first.message(), first.payload().firstInner(), content, total);
    }

    /** Why a fragment cannot belong to the message. */
    private Optional<NotAuthentic> misfit(Message message, SkfPayload fragment, int maxOctets) {
        return why(message, fragment, maxOctets)
                .map(why -> new NotAuthentic(
                        Optional.empty(),
                        "dropping fragment " + fragment.number() + " of " + fragment.total() + " as " + why,
                        true));
    }

    private Optional<String> why(Message message, SkfPayload fragment, int maxOctets) {
        boolean first = fragment.number() == 1;
        boolean namesPayload = !fragment.firstInner().equals(PayloadType.NONE);
        String why = null;
        if (fragment.number() == 0) {
            why = "fragment number must be 1 or greater (not 0)";
        } else if (fragment.number() > fragment.total()) {
            why = "fragment number must be no greater than the total number of fragments";
        } else if (fragment.total() > EncryptedMessage.MAX_FRAGMENTS) {
            why = "total number of fragments must be no more than MAX_IKE_FRAGMENTS";
        } else if (first && !namesPayload) {
            why = "first fragment's next payload must not be ISAKMP_NEXT_v2NONE";
        } else if (!first && namesPayload) {
            why = "later fragment's next payload must be ISAKMP_NEXT_v2NONE";
        } else if (octets + message.octets().length() > maxOctets) {
            why = "message is too long";
        } else if (!isEmpty()) {
            why = whyNotWithOthers(message.header(), fragment);
        }
        return Optional.ofNullable(why);
    }

    private String whyNotWithOthers(IkeHeader header, SkfPayload fragment) {
        IkeHeader other = parts.get(parts.firstKey()).message().header();
        if (!header.exchange().equals(other.exchange())) {
            return "message exchange does not match";
        }
        if (header.messageId() != other.messageId() || header.isResponse() != other.isResponse()) {
            return "message ID does not match";
        }
        if (fragment.total() != total()) {
            return "fragment total changed";
        }
        return parts.containsKey(fragment.number()) ? "repeat" : null;
    }
}
