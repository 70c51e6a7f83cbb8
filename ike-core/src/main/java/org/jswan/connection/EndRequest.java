// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.Set;

/** What the user asks for one end of a connection. Immutable; nothing is checked that takes more than one option. */
public final class EndRequest {
    /** An end of which nothing is known. */
    public static final EndRequest EMPTY = builder().build();

    private final OptionValues<EndOption<?>> values;

    private EndRequest(OptionValues<EndOption<?>> values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder(OptionValues.none());
    }

    /** A builder that starts with what is in this. */
    public Builder toBuilder() {
        return new Builder(values.copy());
    }

    /** The value given, if one was. */
    public <T> Optional<T> get(EndOption<T> option) {
        return values.get(option);
    }

    /**
     * The value given or the option's default.
     *
     * @throws IllegalArgumentException if there is neither
     */
    public <T> T value(EndOption<T> option) {
        return values.value(option);
    }

    public boolean has(EndOption<?> option) {
        return values.asMap().containsKey(option);
    }

    /** Whether the flag is set. */
    public boolean is(EndOption<Boolean> option) {
        return values.value(option);
    }

    /** The options given. */
    public Set<EndOption<?>> options() {
        return values.asMap().keySet();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EndRequest that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.asMap().toString();
    }

    /** Collects the values of an end. */
    public static final class Builder {
        private final OptionValues<EndOption<?>> values;

        private Builder(OptionValues<EndOption<?>> values) {
            this.values = values;
        }

        /** Sets a value; the last one wins. A false flag is as if it were not given. */
        public <T> Builder set(EndOption<T> option, T value) {
            values.put(option, value);
            return this;
        }

        /** Sets a flag. */
        public Builder set(EndOption<Boolean> option) {
            return set(option, true);
        }

        /** Sets the value if there is one. */
        public <T> Builder set(EndOption<T> option, Optional<T> value) {
            value.ifPresent(v -> set(option, v));
            return this;
        }

        public Builder unset(EndOption<?> option) {
            values.remove(option);
            return this;
        }

        public <T> Optional<T> get(EndOption<T> option) {
            return values.get(option);
        }

        public EndRequest build() {
            return new EndRequest(values.copy());
        }
    }
}
