// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The flags of {@code plutodebug=} and of pluto's {@code --debug}, as bits. */
public final class DebugFlags {
    private static final List<String> NAMES =
            List.of("base", "cpu-usage", "refcnt", "tmi", "crypt", "private", "whackwatch", "add-prefix");
    /** What {@code all} stands for: not what gives secrets away. */
    public static final long ALL = 0b111;

    private DebugFlags() {}

    /** The flags of a list such as {@code all,no-refcnt}; empty if one is unknown. */
    static Optional<Long> parse(String text) {
        return modify(0, text, true);
    }

    /**
     * Changes a selection by the words of such a list.
     *
     * @param enable false to take those named away
     * @return the new selection; empty if a word is unknown
     */
    public static Optional<Long> modify(long selection, String text, boolean enable) {
        long set = selection;
        for (String word : text.split("[+, \t]")) {
            if (word.isEmpty()) {
                continue;
            }
            boolean no = !enable || word.startsWith("no-");
            long bits = bits(enable && no ? word.substring(3) : word);
            if (enable && word.equals("none")) {
                set = 0;
            } else if (bits == 0) {
                return Optional.empty();
            } else {
                set = no ? set & ~bits : set | bits;
            }
        }
        return Optional.of(set);
    }

    private static long bits(String word) {
        if (word.equals("all")) {
            return ALL;
        }
        if (word.equals("tmi")) {
            return ALL | 1L << NAMES.indexOf("tmi");
        }
        String lower = word.toLowerCase(Locale.ROOT);
        int index = NAMES.indexOf(lower.startsWith("debug-") ? lower.substring(6) : lower);
        return index < 0 ? 0 : 1L << index;
    }

    /** The names of the flags set, in their order. */
    public static List<String> names(long flags) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if ((flags & 1L << i) != 0) {
                names.add(NAMES.get(i));
            }
        }
        return names;
    }
}
