// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

import java.util.Locale;

/** Case as C sees it in its own locale. */
final class Ascii {
    private Ascii() {}

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
