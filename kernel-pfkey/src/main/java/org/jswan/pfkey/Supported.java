// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import java.util.HashSet;
import java.util.Set;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * The algorithms that the running kernel says it has, to whoever registers: RFC 2367 §2.3.5.
 *
 * <pre>
 *  sadb_supported: (4), of each algorithm: number u8, IV length u8, least and greatest bits of a key u16 each, (2)
 * </pre>
 */
public final class Supported {
    private final Set<Integer> integrity = new HashSet<>();
    private final Set<Integer> encryption = new HashSet<>();

    /** What an answer to a registration names beside what others did: no kernel has all for each protocol. */
    void add(PfkeyMessage registered) throws MalformedMessage {
        read(registered, Pfkey.SADB_EXT_SUPPORTED_AUTH, integrity);
        read(registered, Pfkey.SADB_EXT_SUPPORTED_ENCRYPT, encryption);
    }

    private static void read(PfkeyMessage message, int extension, Set<Integer> into) throws MalformedMessage {
        if (message.has(extension)) {
            PfkeyReader in = message.extension(extension).skip(4);
            while (in.remaining() > 0) {
                into.add(in.u8());
                in.skip(7);
            }
        }
    }

    boolean hasIntegrity(int number) {
        return integrity.contains(number);
    }

    boolean hasEncryption(int number) {
        return encryption.contains(number);
    }
}
