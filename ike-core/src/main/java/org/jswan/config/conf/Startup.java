// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.Locale;

/** What {@code auto=} asks to happen when the daemon starts. */
public enum Startup {
    IGNORE,
    /** Not to be asked for. */
    POLICY,
    ADD,
    ONDEMAND,
    START,
    KEEP;

    static Startup of(long number) {
        return number >= 0 && number < values().length ? values()[(int) number] : IGNORE;
    }

    /** The word behind {@code auto=}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
