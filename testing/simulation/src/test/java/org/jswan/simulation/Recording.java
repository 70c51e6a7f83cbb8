// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What record.sh wrote down: requests, each with the lines that followed. */
final class Recording {
    /** @param arguments of whack, quoted where they hold blanks */
    record Entry(String arguments, List<String> lines) {}

    private Recording() {}

    static List<Entry> read(String name) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (InputStream in = Recording.class.getResourceAsStream(name)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (line.startsWith("> ")) {
                    entries.add(new Entry(line.substring(2), new ArrayList<>()));
                } else {
                    entries.get(entries.size() - 1).lines().add(line);
                }
            }
        }
        return entries;
    }

    /** The words of a line; {@code '…'} stands around blanks, or nothing. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean open = false;
        for (char c : line.toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
                open = true;
            } else if (c == ' ' && !quoted) {
                if (open) {
                    words.add(word.toString());
                }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
                open = true;
            }
        }
        if (open) {
            words.add(word.toString());
        }
        return words;
    }
}
