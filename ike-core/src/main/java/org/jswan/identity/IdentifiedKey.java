// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.time.Instant;
import java.util.Optional;
import org.jswan.key.PublicKey;

/**
 * Somebody's public key.
 *
 * @param id whose
 * @param installed since when we know
 * @param until when it ends to be valid; empty: never
 * @param issuer of the certificate that it is from; empty for a raw key
 */
public record IdentifiedKey(
        IkeId id, PublicKey key, Instant installed, Optional<Instant> until, Optional<DistinguishedName> issuer) {
    /** A raw key: it never expires. */
    public static IdentifiedKey raw(IkeId id, PublicKey key, Instant installed) {
        return new IdentifiedKey(id, key, installed, Optional.empty(), Optional.empty());
    }

    public boolean isExpired(Instant now) {
        return until.filter(now::isAfter).isPresent();
    }
}
