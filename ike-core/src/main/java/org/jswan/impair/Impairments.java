// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Which behaviours of a daemon are impaired, and how. Belongs to the loop. */
public final class Impairments {
    private final Map<Impairment, String> settings = new EnumMap<>(Impairment.class);
    private final Map<Impairment, Long> numbers = new EnumMap<>(Impairment.class);
    private final LostMessages incoming = new LostMessages("incoming");
    private final LostMessages outgoing = new LostMessages("outgoing");

    public boolean on(Impairment impairment) {
        return settings.containsKey(impairment);
    }

    /** Whether that keyword was given, in whatever case. */
    public boolean on(Impairment impairment, String keyword) {
        return keyword.equalsIgnoreCase(settings.get(impairment));
    }

    /** The number given instead of a keyword. */
    public OptionalLong number(Impairment impairment) {
        Long number = numbers.get(impairment);
        return number == null ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /**
     * @param how the keyword given, {@code yes} if there was none
     * @param number the number given instead
     */
    public void set(Impairment impairment, String how, OptionalLong number) {
        clear(impairment);
        settings.put(impairment, how);
        number.ifPresent(value -> numbers.put(impairment, value));
    }

    public void clear(Impairment impairment) {
        settings.remove(impairment);
        numbers.remove(impairment);
    }

    /** All behaves normally again. */
    public void clear() {
        settings.clear();
        numbers.clear();
    }

    /** The messages of peers that we are not to see. */
    public LostMessages incoming() {
        return incoming;
    }

    /** The messages of ours that peers are not to see. */
    public LostMessages outgoing() {
        return outgoing;
    }

    /** {@code suppress-retransmits:yes} and so on, for what is impaired. */
    public List<String> listing() {
        return settings.entrySet().stream()
                .map(each -> each.getKey() + ":"
                        + (numbers.containsKey(each.getKey())
                                ? Long.toUnsignedString(numbers.get(each.getKey()))
                                : each.getValue()))
                .toList();
    }
}
