// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.sk;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.Protection;
import org.jswan.random.RandomSource;
import org.jswan.wire.Captured;

/**
 * Has no keys and yet protects some captured messages, because it knows their plaintexts: it seals and opens only what
 * is, with all that is authenticated, exactly one of them.
 */
record Replay(List<Captured> messages) implements Protection {
    @Override
    public int ivLength() {
        return 8;
    }

    @Override
    public int blockSize() {
        return 1;
    }

    @Override
    public int icvLength() {
        return 16;
    }

    @Override
    public Bytes seal(Bytes associated, Bytes plaintext, RandomSource random) {
        return messages.stream()
                .filter(message -> message.plaintext().orElseThrow().equals(plaintext)
                        && message.datagram().startsWith(associated))
                .map(message -> message.datagram().from(associated.length()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not a captured message: " + associated + " " + plaintext));
    }

    @Override
    public Optional<Bytes> open(Bytes associated, Bytes sealed) {
        return messages.stream()
                .filter(message -> message.datagram().equals(associated.plus(sealed)))
                .filter(message -> sealed.length()
                        == ivLength() + message.plaintext().orElseThrow().length() + icvLength())
                .findFirst()
                .flatMap(Captured::plaintext);
    }
}
