// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values by their typed keys; a flag that is false is the same as a flag that is not given. */
final class OptionValues<K extends RequestOption<?>> {
    private final Map<K, Object> values;

    private OptionValues(Map<K, Object> values) {
        this.values = values;
    }

    static <K extends RequestOption<?>> OptionValues<K> none() {
        return new OptionValues<>(new LinkedHashMap<>());
    }

    OptionValues<K> copy() {
        return new OptionValues<>(new LinkedHashMap<>(values));
    }

    void put(K key, Object value) {
        if (Boolean.FALSE.equals(value) && !key.defaultValue().equals(Optional.of(true))) {
            values.remove(key);
        } else {
            values.put(key, value instanceof Set<?> set ? Set.copyOf(set) : value);
        }
    }

    void remove(K key) {
        values.remove(key);
    }

    @SuppressWarnings("unchecked") // a value is only put under a key of its own type
    <T> Optional<T> get(RequestOption<T> key) {
        return Optional.ofNullable((T) values.get(key));
    }

    <T> T value(RequestOption<T> key) {
        return get(key).or(key::defaultValue)
                .orElseThrow(() -> new IllegalArgumentException(key + " is not given and has no default"));
    }

    Map<K, Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OptionValues<?> that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
