// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.Optional;

/**
 * One {@code key=value} of a section.
 *
 * @param found the key, and the ends it is meant for
 * @param text the value of a key that takes text, or the text that a loose key has no word for
 * @param number the value of every other key; {@link ConfKey#OTHER} where a loose key has text
 * @param file where it stands
 * @param line where it stands, from 1
 */
public record ConfEntry(ConfKeys.Found found, Optional<String> text, long number, String file, int line) {
    public ConfKey key() {
        return found.key();
    }
}
