// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The key of one typed value in a {@link ConnectionRequest} or {@link EndRequest}: how whack spells it, which key of
 * ipsec.conf it answers to, and what holds when it is not given.
 */
public abstract sealed class RequestOption<T> permits ConnectionOption, EndOption {
    private final ValueType<T> type;
    private final List<Spelling<T>> spellings;
    private final Optional<String> confKey;
    private final Optional<T> defaultValue;
    private final Predicate<T> later;

    RequestOption(Definition<T> definition) {
        this.type = definition.type;
        this.spellings = List.copyOf(definition.spellings);
        this.confKey = Optional.ofNullable(definition.confKey);
        this.defaultValue = Optional.ofNullable(definition.defaultValue);
        this.later = definition.later;
    }

    public ValueType<T> type() {
        return type;
    }

    /** whack's options, the preferred one first. */
    public List<Spelling<T>> spellings() {
        return spellings;
    }

    /** whack's preferred option without its dashes. */
    public String whackName() {
        return spellings.get(0).name();
    }

    /** The key of ipsec.conf (for an end without {@code left} or {@code right}; the host's key is empty). */
    public Optional<String> confKey() {
        return confKey;
    }

    /** What whack sends when the option is not given; empty where "not given" is a meaning of its own. */
    public Optional<T> defaultValue() {
        return defaultValue;
    }

    /** Whether what {@code value} asks for is still to come: adding the connection warns, naming the option. */
    public boolean isLater(T value) {
        return later.test(value);
    }

    /** The name a warning gives the option: its key in ipsec.conf, else the option of whack. */
    public String label() {
        return confKey.filter(key -> !key.isEmpty()).orElse("--" + whackName());
    }

    @Override
    public String toString() {
        return "--" + whackName();
    }

    /** What makes up an option; used only while the tables are filled. */
    static final class Definition<T> {
        private final ValueType<T> type;
        private final List<Spelling<T>> spellings = new ArrayList<>();
        private String confKey;
        private T defaultValue;
        private Predicate<T> later = value -> false;

        Definition(ValueType<T> type) {
            this.type = type;
        }

        static <T> Definition<T> of(ValueType.Kind kind, Function<T, String> text) {
            return new Definition<>(ValueType.of(kind, text));
        }

        static <T> Definition<T> choice(Map<String, T> words) {
            return new Definition<>(ValueType.choice(words));
        }

        /** Options of libreswan's whack: with an argument, or a flag that means {@code true}. */
        Definition<T> names(String... names) {
            for (String name : names) {
                spellings.add(new Spelling<>(name, flagValue(), false));
            }
            return this;
        }

        /** Options that libreswan's whack does not have. */
        Definition<T> ours(String... names) {
            for (String name : names) {
                spellings.add(new Spelling<>(name, flagValue(), true));
            }
            return this;
        }

        /** An option of libreswan's whack without an argument that stands for {@code value}. */
        Definition<T> means(String name, T value) {
            spellings.add(new Spelling<>(name, Optional.of(value), false));
            return this;
        }

        /** As {@link #means}, for an option that libreswan's whack does not have. */
        Definition<T> oursMeans(String name, T value) {
            spellings.add(new Spelling<>(name, Optional.of(value), true));
            return this;
        }

        @SuppressWarnings({"unchecked", "BooleanLiteral"}) // of kind FLAG only where T is Boolean; a literal is no T
        private Optional<T> flagValue() {
            return type.kind() == ValueType.Kind.FLAG ? Optional.of((T) Boolean.TRUE) : Optional.empty();
        }

        Definition<T> conf(String key) {
            confKey = key;
            return this;
        }

        Definition<T> otherwise(T value) {
            defaultValue = value;
            return this;
        }

        Definition<T> later() {
            later = value -> true;
            return this;
        }
    }
}
