// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.agreement;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.NumberSpace;
import org.jswan.exchange.Incoming;
import org.jswan.wire.v2.KePayload;
import org.jswan.wire.v2.NoncePayload;

/** Rules for nonces and Diffie-Hellman values that every exchange that makes keys has in common. */
public final class Agreement {
    /** Octets of a nonce of ours: at least half the key of every PRF (RFC 7296 §2.10). */
    public static final int NONCE_LENGTH = 32;

    private static final int SHORTEST_NONCE = 16;
    private static final int LONGEST_NONCE = 256;

    private Agreement() {}

    /** What is wrong with the length of a peer's nonce; empty if nothing. */
    public static Optional<String> nonceFault(Bytes nonce, String name) {
        return nonce.length() >= SHORTEST_NONCE && nonce.length() <= LONGEST_NONCE
                ? Optional.empty()
                : Optional.of(name + " length " + nonce.length() + " not between " + SHORTEST_NONCE + " and "
                        + LONGEST_NONCE);
    }

    /** The nonce in a message that has one; to be checked by {@link #nonceFault}. */
    public static Bytes nonce(Incoming message) {
        return message.need(NoncePayload.class).data();
    }

    /** What is wrong with the length of a peer's public value; empty if nothing. */
    public static Optional<String> lengthFault(KePayload ke, KeGroup group) {
        return ke.data().length() == group.publicLength()
                ? Optional.empty()
                : Optional.of("KE has " + ke.data().length() + " byte DH public value; " + group.publicLength()
                        + " required");
    }

    /** The number that stands for a group in KE payloads. */
    public static int groupId(KeGroup group) {
        return group.ids().in(NumberSpace.IKEV2).orElseThrow();
    }

    /** The data of INVALID_KE_PAYLOAD (RFC 7296 §1.2). */
    public static Bytes groupOctets(KeGroup group) {
        return Bytes.of(groupId(group) >>> 8, groupId(group));
    }

    /** The group that INVALID_KE_PAYLOAD asks for; empty if it names none that we have. */
    public static Optional<KeGroup> groupAsked(Bytes data) {
        return data.length() == 2 ? KeGroup.byIkev2Id(data.get(0) << 8 | data.get(1)) : Optional.empty();
    }

    /** As the log names the group of a peer's KE payload. */
    public static String groupName(KePayload ke) {
        return KeGroup.byIkev2Id(ke.group()).map(KeGroup::fqn).orElseGet(() -> Integer.toString(ke.group()));
    }
}
