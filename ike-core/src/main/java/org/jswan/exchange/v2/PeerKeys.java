// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.List;
import org.jswan.identity.IdentifiedKey;
import org.jswan.identity.IkeId;
import org.jswan.identity.PublicKeyStore;
import org.jswan.key.KeyType;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.time.Clock;

/** The public keys that a peer's signature may be by. */
final class PeerKeys {
    private final PublicKeyStore store;
    private final Clock clock;

    PeerKeys(PublicKeyStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * A key to try.
     *
     * @param origin where it is from, as log lines call it
     */
    record Candidate(String origin, IdentifiedKey key) {}

    /** The keys of that kind that are the peer's, in the order in which they are to be tried. */
    List<Candidate> of(IkeSa ike, KeyType type) {
        for (IdentifiedKey expired : store.removeExpired(clock.wall())) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "cached " + expired.key().type() + " public key '" + expired.id()
                                    + "' has expired and has been deleted");
        }
        IkeId peer = ike.peerId();
        return store.all().stream()
                .filter(key -> key.key().type() == type && key.id().matches(peer))
                .map(key -> new Candidate("preloaded", key))
                .toList();
    }
}
