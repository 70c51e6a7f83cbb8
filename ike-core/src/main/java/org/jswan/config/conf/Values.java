// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The values of a section or of one of its ends, by the field of their key. */
public final class Values {
    /** How a value came to be there. */
    enum Origin {
        /** Built in. */
        BUILT_IN,
        /** From {@code conn %default}: may be replaced. */
        DEFAULT,
        SET
    }

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, Origin> textOrigins = new HashMap<>();
    private final Map<String, Origin> numberOrigins = new HashMap<>();

    Values copy() {
        Values copy = new Values();
        copy.texts.putAll(texts);
        copy.numbers.putAll(numbers);
        copy.textOrigins.putAll(textOrigins);
        copy.numberOrigins.putAll(numberOrigins);
        return copy;
    }

    /** The text, given or built in. */
    public Optional<String> text(String field) {
        return Optional.ofNullable(texts.get(field));
    }

    /** The text if the configuration gives it. */
    public Optional<String> givenText(String field) {
        return isTextGiven(field) ? text(field) : Optional.empty();
    }

    public boolean isTextGiven(String field) {
        return isGiven(textOrigins, field);
    }

    /** The number, given or built in; 0 if there is none. */
    public long number(String field) {
        return numbers.getOrDefault(field, 0L);
    }

    /** The number if the configuration gives it. */
    public OptionalLong givenNumber(String field) {
        return isNumberGiven(field) ? OptionalLong.of(number(field)) : OptionalLong.empty();
    }

    public boolean isNumberGiven(String field) {
        return isGiven(numberOrigins, field);
    }

    private static boolean isGiven(Map<String, Origin> origins, String field) {
        Origin origin = origins.get(field);
        return origin == Origin.SET || origin == Origin.DEFAULT;
    }

    boolean isTextSet(String field) {
        return textOrigins.get(field) == Origin.SET;
    }

    boolean isNumberSet(String field) {
        return numberOrigins.get(field) == Origin.SET;
    }

    void builtIn(String field, String text) {
        texts.put(field, text);
    }

    void builtIn(String field, long number) {
        numbers.put(field, number);
    }

    void put(String field, String text, Origin origin) {
        texts.put(field, text);
        textOrigins.put(field, origin);
    }

    /** Text that goes with a number: it is not "given" by itself. */
    void attach(String field, String text) {
        texts.put(field, text);
    }

    void put(String field, long number, Origin origin) {
        numbers.put(field, number);
        numberOrigins.put(field, origin);
    }

    void remove(String field) {
        texts.remove(field);
        textOrigins.remove(field);
    }
}
