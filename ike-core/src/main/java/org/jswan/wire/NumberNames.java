// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.Map;

/** How numbers of a message are printed. */
final class NumberNames {
    private NumberNames() {}

    /** The name, or the number with two question marks. */
    static String text(Map<Integer, String> names, int number) {
        String name = names.get(number);
        return name != null ? name : number + "??";
    }

    /** The text less the first of the prefixes that it starts with. */
    static String withoutPrefix(String text, String... prefixes) {
        for (String prefix : prefixes) {
            if (text.startsWith(prefix)) {
                return text.substring(prefix.length());
            }
        }
        return text;
    }
}
