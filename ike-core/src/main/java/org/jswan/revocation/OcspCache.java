// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.Bytes;

/** What responders said, or that they said nothing of use, for a while. */
final class OcspCache {
    private final RevocationSetting.Cache setting;
    private final Map<Bytes, Entry> entries = new LinkedHashMap<>();

    private record Entry(OcspMessage.Answer answer, Instant until) {}

    OcspCache(RevocationSetting.Cache setting) {
        this.setting = setting;
    }

    /** What is known of a certificate and need not be asked again. */
    Optional<OcspMessage.Answer> find(Bytes key, Instant now) {
        Optional<Entry> entry = Optional.ofNullable(entries.get(key));
        if (entry.isPresent() && !now.isBefore(entry.get().until())) {
            entries.remove(key);
            return Optional.empty();
        }
        return entry.map(Entry::answer);
    }

    /** Keeps an answer; the one that was kept first goes if there are too many. */
    void keep(Bytes key, OcspMessage.Answer answer, Instant now) {
        if (setting.size() == 0) {
            return;
        }
        Instant least = now.plus(setting.least());
        Instant greatest = now.plus(setting.greatest());
        Instant until = answer.until().orElse(least);
        if (until.isAfter(greatest)) {
            until = greatest;
        }
        if (until.isBefore(least)) {
            until = least;
        }
        entries.remove(key);
        if (entries.size() >= setting.size()) {
            entries.remove(entries.keySet().iterator().next());
        }
        entries.put(key, new Entry(answer, until));
    }

    void clear() {
        entries.clear();
    }
}
