// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The values that a request option takes, and how they are written. */
public final class ValueType<T> {
    /** The kinds of value that are read in a way of their own. */
    public enum Kind {
        TEXT,
        FLAG,
        /** Unsigned 64 bits in a {@code Long}, decimal, {@code 0x} or {@code 0}-octal. */
        NUMBER,
        /** A {@code Duration}; a number without a unit is seconds. */
        SECONDS,
        /** A {@code Duration}; a number without a unit is milliseconds. */
        MILLISECONDS,
        /** One of a few words, or of a few options that take no argument. */
        CHOICE,
        /** A set, each member given by an option of its own. */
        SET,
        ADDRESS,
        ADDRESS_PREFIX,
        SUBNET,
        RANGE,
        PROTOCOL_PORT,
        HOST
    }

    private final Kind kind;
    private final Map<String, T> words;
    private final Function<T, String> text;

    private ValueType(Kind kind, Map<String, T> words, Function<T, String> text) {
        this.kind = kind;
        this.words = words;
        this.text = text;
    }

    static <T> ValueType<T> of(Kind kind, Function<T, String> text) {
        return new ValueType<>(kind, Map.of(), text);
    }

    /** Words in the order of preference for writing a value. */
    static <T> ValueType<T> choice(Map<String, T> words) {
        Map<String, T> copy = Collections.unmodifiableMap(new LinkedHashMap<>(words));
        return new ValueType<>(Kind.CHOICE, copy, value -> copy.entrySet().stream()
                .filter(entry -> entry.getValue().equals(value))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no word for " + value)));
    }

    public Kind kind() {
        return kind;
    }

    /** For a choice: the words and what they mean. */
    public Map<String, T> words() {
        return words;
    }

    /** For a choice: what {@code word} means. */
    public Optional<T> word(String word) {
        return Optional.ofNullable(words.get(word));
    }

    /** The value as an argument that reads back as the same value. */
    public String text(T value) {
        return text.apply(value);
    }
}
