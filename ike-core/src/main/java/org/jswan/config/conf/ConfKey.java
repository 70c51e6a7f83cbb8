// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A key of ipsec.conf.
 *
 * @param name without {@code left} or {@code right}; empty for {@code left=} and {@code right=} themselves
 * @param field the name under which its value is kept: its own, or that of the key it is another name of
 * @param words the words it takes, where it takes words, in the order of preference for writing
 */
public record ConfKey(String name, String field, KeyType type, Set<Trait> traits, List<Word> words) {
    /** What is peculiar to a key. */
    public enum Trait {
        SETUP,
        CONN,
        /** Of one end; comes with {@code left} or {@code right} before it. */
        END,
        /** Another name, left out when a configuration is written. */
        ALIAS,
        /** Written from what it led to, not from what was given. */
        PROCESSED,
        /** A number without a unit is milliseconds, not seconds. */
        MILLISECONDS,
        /** The feature is still to come: using the key is answered with a warning. */
        LATER
    }

    /** A word and the number it stands for. */
    public record Word(String text, long number) {}

    /** The number of any text that is not one of a loose key's words. */
    public static final long OTHER = 255;

    public ConfKey {
        traits = Set.copyOf(traits);
        words = List.copyOf(words);
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /** What {@code text} stands for, in any case of letters. */
    public OptionalLong number(String text) {
        String wanted = text.toLowerCase(Locale.ROOT);
        return words.stream()
                .filter(w -> w.text().equals(wanted))
                .mapToLong(Word::number)
                .findFirst();
    }
}
