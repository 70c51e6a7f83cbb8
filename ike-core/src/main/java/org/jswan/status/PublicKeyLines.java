// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("MMM dd HH:mm:ss yyyy", Locale.ENGLISH);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("MMM dd HH:mm:ss 'UTC' yyyy", Locale.ENGLISH);

    private final Instant now;
    private final Optional<ZoneId> zone;
    private final Function<Ckaid, Presence> privateKeys;

    /**
     * @param zone where times are told; empty: in UTC, and said so
     * @param privateKeys tells whether there is the private half
     */
    public PublicKeyLines(Instant now, Optional<ZoneId> zone, Function<Ckaid, Presence> privateKeys) {
        this.now = now;
        this.zone = zone;
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
                time(Optional.of(key.installed())),
                key.key().bits(),
                key.key().type(),
                key.key().keyId(),
                privateKeys.apply(key.key().ckaid()),
                time(key.until()),
                expiry));
        listing.line("       " + key.id().type().label() + " '" + key.id() + "'");
        key.issuer().ifPresent(issuer -> listing.line("       Issuer '" + issuer + "'"));
    }

    private String time(Optional<Instant> time) {
        if (time.isEmpty()) {
            return zone.isPresent() ? "--- -- --:--:-- ----" : "--- -- --:--:-- UTC ----";
        }
        return zone.isPresent()
                ? LOCAL.format(time.get().atZone(zone.get()))
                : UTC.format(time.get().atZone(ZoneOffset.UTC));
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
