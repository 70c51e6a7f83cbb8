// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which behaviours of a daemon are impaired, and how. Belongs to the loop. */
public final class Impairments {
    private final Map<Impairment, String> settings = new EnumMap<>(Impairment.class);

    public boolean on(Impairment impairment) {
        return settings.containsKey(impairment);
    }

    /** The keyword or number given, {@code yes} if there was none; empty while nothing is impaired. */
    public Optional<String> how(Impairment impairment) {
        return Optional.ofNullable(settings.get(impairment));
    }

    public void set(Impairment impairment, String how) {
        settings.put(impairment, how);
    }

    public void clear(Impairment impairment) {
        settings.remove(impairment);
    }

    /** All behaves normally again. */
    public void clear() {
        settings.clear();
    }

    /** {@code suppress-retransmits:yes} and so on, for what is impaired. */
    public List<String> listing() {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue())
                .toList();
    }
}
