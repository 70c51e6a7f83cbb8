// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Lines of status output in sections. The blank lines between sections hold one blank, as the oracle's do. */
final class Listing {
    private static final String BLANK = " ";

    private final List<String> lines = new ArrayList<>();
    private boolean separate;

    void line(String text) {
        if (separate) {
            lines.add(BLANK);
            separate = false;
        }
        lines.add(text);
    }

    void lines(Collection<String> texts) {
        texts.forEach(this::line);
    }

    /** A blank line, whatever is around it. */
    void blank() {
        line(BLANK);
    }

    /** A blank line comes before the next one, if there were any. */
    void separator() {
        separate = !lines.isEmpty();
    }

    void heading(String text) {
        if (!lines.isEmpty() && !lines.get(lines.size() - 1).equals(BLANK)) {
            separator();
        }
        line(text);
        separator();
    }

    /** All lines; where a section was to follow, a blank one ends them. */
    List<String> end() {
        if (separate) {
            lines.add(BLANK);
            separate = false;
        }
        return List.copyOf(lines);
    }
}
