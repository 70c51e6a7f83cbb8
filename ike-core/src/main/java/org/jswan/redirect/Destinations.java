// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.redirect;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A list of gateways as users write it, with commas or blanks between; each is taken in turn. */
public final class Destinations {
    private final String text;
    private final List<String> each;
    private int taken;

    public Destinations(String text) {
        this.text = text.replaceFirst("^[, \t]+", "");
        this.each = Arrays.stream(this.text.split("[, \t]+"))
                .filter(one -> !one.isEmpty())
                .toList();
    }

    /** The next one, the first again after the last; empty if there is none. */
    public Optional<String> next() {
        return each.isEmpty() ? Optional.empty() : Optional.of(each.get(taken++ % each.size()));
    }

    public boolean isEmpty() {
        return each.isEmpty();
    }

    /** As written. */
    @Override
    public String toString() {
        return text;
    }
}
