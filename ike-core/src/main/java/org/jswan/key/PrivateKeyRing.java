// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.helper.Helpers;
import org.jswan.helper.Helpers.Outcome;

/**
 * The private keys that are known to be there, until they are forgotten. It belongs to the loop; the database is asked by
 * helpers.
 */
public final class PrivateKeyRing {
    private final Helpers helpers;
    private final KeyDatabase database;
    private final Map<Ckaid, PublicKey> known = new LinkedHashMap<>();

    /** Whether there is a private key. */
    public enum Presence {
        /** It was known already. */
        HAS("has"),
        /** It was found just now. */
        LOADED("loaded"),
        NO("no");

        private final String text;

        Presence(String text) {
            this.text = text;
        }

        /** As listings have it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * What was found for a CKAID.
     *
     * @param why what failed if there is no key
     */
    public record Found(Presence presence, Optional<PublicKey> key, String why) {
        public static final Found NOTHING =
                new Found(Presence.NO, Optional.empty(), "can't find the private key matching the NSS CKAID");
    }

    public PrivateKeyRing(Helpers helpers, KeyDatabase database) {
        this.helpers = helpers;
        this.database = database;
    }

    /** The public half of a private key that is known. */
    public Optional<PublicKey> known(Ckaid ckaid) {
        return Optional.ofNullable(known.get(ckaid));
    }

    /** All known, the first found first. */
    public List<PublicKey> all() {
        return List.copyOf(known.values());
    }

    /** The database is asked anew from now on. */
    public void forget() {
        known.clear();
    }

    /**
     * Finds private keys.
     *
     * @param then told what there is for each; on the loop, at once if all are known
     */
    public void load(Collection<Ckaid> wanted, Consumer<Map<Ckaid, Found>> then) {
        Map<Ckaid, Found> found = new HashMap<>();
        List<Ckaid> unknown = new ArrayList<>();
        for (Ckaid ckaid : wanted) {
            Optional<PublicKey> key = known(ckaid);
            if (key.isPresent()) {
                found.put(ckaid, new Found(Presence.HAS, key, ""));
            } else if (!unknown.contains(ckaid)) {
                unknown.add(ckaid);
            }
        }
        if (unknown.isEmpty()) {
            then.accept(found);
            return;
        }
        helpers.submit(() -> ask(unknown), outcome -> {
            for (Ckaid ckaid : unknown) {
                found.put(ckaid, learn(ckaid, outcome));
            }
            then.accept(found);
        });
    }

    private Map<Ckaid, PublicKey> ask(List<Ckaid> wanted) throws KeyDatabaseException {
        Map<Ckaid, PublicKey> there = new HashMap<>();
        for (Ckaid ckaid : wanted) {
            database.privateKey(ckaid).ifPresent(key -> there.put(ckaid, key));
        }
        return there;
    }

    private Found learn(Ckaid ckaid, Outcome<Map<Ckaid, PublicKey>> outcome) {
        if (outcome.failure() != null) {
            return new Found(
                    Presence.NO,
                    Optional.empty(),
                    String.valueOf(outcome.failure().getMessage()));
        }
        PublicKey key = outcome.value().get(ckaid);
        if (key == null) {
            return Found.NOTHING;
        }
        // Two may have asked at the same time.
        boolean isNew = known.putIfAbsent(ckaid, key) == null;
        return new Found(isNew ? Presence.LOADED : Presence.HAS, Optional.of(key), "");
    }

    /**
     * Signs by a private key.
     *
     * @param octets what is hashed and signed
     * @param done told the signature, or what failed; on the loop, later
     */
    public void sign(Ckaid ckaid, Signature signature, Hash hash, Bytes octets, Consumer<Outcome<Bytes>> done) {
        helpers.submit(() -> database.sign(ckaid, signature, hash, octets), done);
    }
}
