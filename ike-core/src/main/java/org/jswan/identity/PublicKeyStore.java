// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jswan.key.KeyType;

/** The public keys that connections and commands brought, the newest first. It belongs to the loop. */
public final class PublicKeyStore {
    private final Deque<IdentifiedKey> keys = new ArrayDeque<>();

    /** Adds a key beside those that are there. */
    public void add(IdentifiedKey key) {
        keys.addFirst(key);
    }

    /** Adds a key in place of those of its kind that its owner has. */
    public void replace(IdentifiedKey key) {
        remove(key.id(), key.key().type());
        add(key);
    }

    /** Takes away the keys of that kind that are somebody's. */
    public void remove(IkeId id, KeyType type) {
        keys.removeIf(key -> key.key().type() == type && key.id().sameAs(id));
    }

    /** Takes away what has expired. */
    public List<IdentifiedKey> removeExpired(Instant now) {
        List<IdentifiedKey> expired = new ArrayList<>();
        for (Iterator<IdentifiedKey> i = keys.iterator(); i.hasNext(); ) {
            IdentifiedKey key = i.next();
            if (key.isExpired(now)) {
                expired.add(key);
                i.remove();
            }
        }
        return expired;
    }

    /** Who issued the certificates that keys are from. */
    public Set<DistinguishedName> issuers() {
        Set<DistinguishedName> issuers = new LinkedHashSet<>();
        keys.forEach(key -> key.issuer().ifPresent(issuers::add));
        return issuers;
    }

    /** All keys, the newest first. */
    public List<IdentifiedKey> all() {
        return List.copyOf(keys);
    }
}
