// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

import java.util.Optional;
import java.util.Set;

/** What debug lines can be about. In the order of the listings. */
public enum DebugClass {
    BASE("base"),
    CPU_USAGE("cpu-usage"),
    REFCNT("refcnt"),
    TMI("tmi"),
    CRYPT("crypt"),
    PRIVATE("private"),
    WHACKWATCH("whackwatch"),
    ADD_PREFIX("add-prefix");

    /** What {@code all} stands for: not what gives secrets away. */
    public static final Set<DebugClass> ALL = Set.of(BASE, CPU_USAGE, REFCNT);

    private final String text;

    DebugClass(String text) {
        this.text = text;
    }

    /** The class with exactly this name. */
    public static Optional<DebugClass> named(String name) {
        for (DebugClass each : values()) {
            if (each.text.equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
