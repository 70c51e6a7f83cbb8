// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.Set;

/**
 * What the user asks of a connection: what whack's connection form parses to and what auto makes of a conn. Immutable.
 * Each value is well formed by itself; whether they go together is for {@code ConnectionConfig} to judge.
 */
public final class ConnectionRequest {
    private final String name;
    private final EndRequest left;
    private final EndRequest right;
    private final OptionValues<ConnectionOption<?>> values;

    private ConnectionRequest(
            String name, EndRequest left, EndRequest right, OptionValues<ConnectionOption<?>> values) {
        this.name = name;
        this.left = left;
        this.right = right;
        this.values = values;
    }

    public static Builder builder(String name) {
        return new Builder(name, OptionValues.none());
    }

    /** A builder that starts with what is in this. */
    public Builder toBuilder() {
        return toBuilder(name);
    }

    /** A builder for a connection of another name that starts with what is in this. */
    public Builder toBuilder(String otherName) {
        return new Builder(otherName, values.copy()).left(left).right(right);
    }

    public String name() {
        return name;
    }

    /** What stands before {@code --to}. */
    public EndRequest left() {
        return left;
    }

    /** What stands after {@code --to}. */
    public EndRequest right() {
        return right;
    }

    /** The value given, if one was. */
    public <T> Optional<T> get(ConnectionOption<T> option) {
        return values.get(option);
    }

    /**
     * The value given or the option's default.
     *
     * @throws IllegalArgumentException if there is neither
     */
    public <T> T value(ConnectionOption<T> option) {
        return values.value(option);
    }

    public boolean has(ConnectionOption<?> option) {
        return values.asMap().containsKey(option);
    }

    /** Whether the flag is set. */
    public boolean is(ConnectionOption<Boolean> option) {
        return values.value(option);
    }

    /** The options given. */
    public Set<ConnectionOption<?>> options() {
        return values.asMap().keySet();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectionRequest that
                && name.equals(that.name)
                && left.equals(that.left)
                && right.equals(that.right)
                && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + values.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + values.asMap() + " left " + left + " right " + right;
    }

    /** Collects the values of a connection. */
    public static final class Builder {
        private final String name;
        private final OptionValues<ConnectionOption<?>> values;
        private EndRequest left = EndRequest.EMPTY;
        private EndRequest right = EndRequest.EMPTY;

        private Builder(String name, OptionValues<ConnectionOption<?>> values) {
            this.name = name;
            this.values = values;
        }

        public Builder left(EndRequest end) {
            left = end;
            return this;
        }

        public Builder right(EndRequest end) {
            right = end;
            return this;
        }

        /** Sets a value; the last one wins. A false flag is as if it were not given, where false is the default. */
        public <T> Builder set(ConnectionOption<T> option, T value) {
            values.put(option, value);
            return this;
        }

        /** Sets a flag. */
        public Builder set(ConnectionOption<Boolean> option) {
            return set(option, true);
        }

        /** Sets the value if there is one. */
        public <T> Builder set(ConnectionOption<T> option, Optional<T> value) {
            value.ifPresent(v -> set(option, v));
            return this;
        }

        public Builder unset(ConnectionOption<?> option) {
            values.remove(option);
            return this;
        }

        public <T> Optional<T> get(ConnectionOption<T> option) {
            return values.get(option);
        }

        public ConnectionRequest build() {
            return new ConnectionRequest(name, left, right, values.copy());
        }
    }
}
