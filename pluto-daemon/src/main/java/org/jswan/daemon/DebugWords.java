// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jswan.control.DebugClass;

/** The argument of {@code --debug} and {@code plutodebug=}: names with {@code +}, comma or blanks between. */
final class DebugWords {
    private static final String LONG_PREFIX = "debug-";

    private DebugWords() {}

    /**
     * Changes a selection; {@code none}, {@code all} and {@code no-NAME} may be among the names.
     *
     * @param enable false to take those named away
     * @return the new selection; empty if a name is unknown
     */
    static Optional<Set<DebugClass>> modify(Set<DebugClass> selection, String text, boolean enable) {
        EnumSet<DebugClass> modified = EnumSet.noneOf(DebugClass.class);
        modified.addAll(selection);
        for (String word : text.split("[+, \t]+")) {
            if (word.isEmpty()) {
                continue;
            }
            if (enable && word.equals("none")) {
                modified.clear();
                continue;
            }
            boolean remove = !enable || word.startsWith("no-");
            Set<DebugClass> named = named(enable && remove ? word.substring(3) : word);
            if (named.isEmpty()) {
                return Optional.empty();
            }
            if (remove) {
                modified.removeAll(named);
            } else {
                modified.addAll(named);
            }
        }
        return Optional.of(modified);
    }

    private static Set<DebugClass> named(String word) {
        String name = word.startsWith(LONG_PREFIX) ? word.substring(LONG_PREFIX.length()) : word;
        EnumSet<DebugClass> named = EnumSet.noneOf(DebugClass.class);
        if (word.equals("all") || word.equals("tmi")) {
            named.addAll(DebugClass.ALL);
        }
        DebugClass.named(name).ifPresent(named::add);
        return named;
    }
}
