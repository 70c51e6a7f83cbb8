// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** How listings write times. */
public final class ListTime {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("MMM dd HH:mm:ss yyyy", Locale.ENGLISH);
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("MMM dd HH:mm:ss 'UTC' yyyy", Locale.ENGLISH);

    private final Optional<ZoneId> zone;

    private ListTime(Optional<ZoneId> zone) {
        this.zone = zone;
    }

    /** @param utc whether times are in UTC, and said to be */
    public static ListTime of(boolean utc, ZoneId zone) {
        return new ListTime(utc ? Optional.empty() : Optional.of(zone));
    }

    String text(Optional<Instant> time) {
        if (time.isEmpty()) {
            return zone.isPresent() ? "--- -- --:--:-- ----" : "--- -- --:--:-- UTC ----";
        }
        return zone.isPresent()
                ? LOCAL.format(time.get().atZone(zone.get()))
                : UTC.format(time.get().atZone(ZoneOffset.UTC));
    }
}
