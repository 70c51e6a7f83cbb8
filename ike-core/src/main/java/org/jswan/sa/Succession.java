// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.SaSerial;
import org.jswan.crypto.keymat.Nonces;

/**
 * Which SAs were made to replace another. There are two when both ends rekeyed it at the same time; then "the SA created
 * with the lowest of the four nonces" goes (RFC 7296 §2.8.1), closed by the end that began its exchange.
 */
public final class Succession {
    private final List<Successor> successors = new ArrayList<>(1);

    /**
     * A replacement.
     *
     * @param weBegan whether we began the exchange that made it
     * @param lowestNonce the lower one of that exchange's two
     */
    public record Successor(SaSerial serial, boolean weBegan, Bytes lowestNonce) {
        /** Nonces compare octet by octet; one that is the beginning of the other is the lower one. */
        public static Successor of(Sa sa, boolean weBegan, Nonces nonces) {
            Bytes lowest = nonces.ni().compareTo(nonces.nr()) < 0 ? nonces.ni() : nonces.nr();
            return new Successor(sa.serial(), weBegan, lowest);
        }
    }

    /** One more replacement was made. */
    public void add(Successor successor) {
        successors.add(successor);
    }

    /** The one that stays; empty if there is none yet. */
    public Optional<Successor> winner() {
        return successors.stream().max((a, b) -> a.lowestNonce().compareTo(b.lowestNonce()));
    }

    /** Those that have to go. */
    public List<Successor> losers() {
        return winner().map(best -> successors.stream()
                        .filter(other -> !other.serial().equals(best.serial()))
                        .toList())
                .orElse(List.of());
    }
}
