// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A {@code conn} section as it stands in its file, before {@code also=} and defaults. */
public final class ConfSection {
    private final String name;
    private final String file;
    private final int line;
    private final List<ConfEntry> entries = new ArrayList<>();
    private final List<String> comments = new ArrayList<>();

    ConfSection(String name, String file, int line) {
        this.name = name;
        this.file = file;
        this.line = line;
    }

    public String name() {
        return name;
    }

    public String file() {
        return file;
    }

    /** The line below its heading. */
    public int line() {
        return line;
    }

    public List<ConfEntry> entries() {
        return Collections.unmodifiableList(entries);
    }

    /** Its {@code x-...=} entries, as written. */
    public List<String> comments() {
        return Collections.unmodifiableList(comments);
    }

    void add(ConfEntry entry) {
        entries.add(entry);
    }

    void addComment(String comment) {
        comments.add(comment);
    }
}
