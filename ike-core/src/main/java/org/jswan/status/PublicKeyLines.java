// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jswan.identity.IdentifiedKey;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Presence;

/** The lines of {@code --listpubkeys} and {@code --checkpubkeys}. */
public final class PublicKeyLines {
    private static final Duration WARNING_TIME = Duration.ofDays(14);

    private final Instant now;
    private final ListTime time;
    private final Function<Ckaid, Presence> privateKeys;

    /**
     * @param privateKeys tells whether there is the private half
     */
    public PublicKeyLines(Instant now, ListTime time, Function<Ckaid, Presence> privateKeys) {
        this.now = now;
        this.time = time;
        this.privateKeys = privateKeys;
    }

    /** All keys. */
    public List<String> all(Collection<IdentifiedKey> keys) {
        Listing listing = new Listing();
        listing.blank();
        listing.line("List of Public Keys:");
        listing.blank();
        keys.forEach(key -> show(listing, key, expiry(key).orElse("ok")));
        return listing.end();
    }

    /** Those that have a word said about their end. */
    public List<String> expiring(Collection<IdentifiedKey> keys) {
        Listing listing = new Listing();
        keys.forEach(key -> expiry(key).ifPresent(word -> show(listing, key, word)));
        return listing.end();
    }

    private void show(Listing listing, IdentifiedKey key, String expiry) {
        listing.line(String.format(
                Locale.ROOT,
                "%s, %4d %s Key %s (%s private key), until %s %s",
                time.text(Optional.of(key.installed())),
                key.key().bits(),
                key.key().type(),
                key.key().keyId(),
                privateKeys.apply(key.key().ckaid()),
                time.text(key.until()),
                expiry));
        listing.line("       " + key.id().type().label() + " '" + key.id() + "'");
        key.issuer().ifPresent(issuer -> listing.line("       Issuer '" + issuer + "'"));
    }

    /** What is to be said of the end; nothing while it is far away. */
    private Optional<String> expiry(IdentifiedKey key) {
        if (key.until().isEmpty()) {
            return Optional.of("ok (expires never)");
        }
        Duration left = Duration.between(now, key.until().get());
        if (left.isNegative()) {
            return Optional.of("fatal (expired)");
        }
        if (left.compareTo(WARNING_TIME) > 0) {
            return Optional.empty();
        }
        if (left.toSeconds() > Duration.ofDays(2).toSeconds()) {
            return Optional.of(warning(left.toDays(), "day"));
        } else if (left.toSeconds() > Duration.ofHours(2).toSeconds()) {
            return Optional.of(warning(left.toHours(), "hour"));
        } else if (left.toSeconds() > Duration.ofMinutes(2).toSeconds()) {
            return Optional.of(warning(left.toMinutes(), "minute"));
        }
        return Optional.of(warning(left.toSeconds(), "second"));
    }

    private static String warning(long count, String unit) {
        return "warning (expires in " + count + " " + unit + (count == 1 ? "" : "s") + ")";
    }
}
