// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words of a proposal string and the separators between them, with a place in them that can be set back. */
final class Tokens {
    /** No separator: before the first word and behind the last. */
    static final char NONE = '\0';

    private final List<String> words = new ArrayList<>();
    private final List<Character> separators = new ArrayList<>();
    private int at;

    Tokens(String text, String separatorCharacters) {
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || separatorCharacters.indexOf(text.charAt(i)) >= 0) {
                words.add(text.substring(start, i));
                separators.add(i == text.length() ? NONE : text.charAt(i));
                start = i + 1;
            }
        }
    }

    boolean more() {
        return at < words.size();
    }

    /** The word at this place, empty if two separators meet. */
    String word() {
        return words.get(at);
    }

    Optional<String> following() {
        return at + 1 < words.size() ? Optional.of(words.get(at + 1)) : Optional.empty();
    }

    /** The separator before this place. */
    char before() {
        return at == 0 ? NONE : separators.get(at - 1);
    }

    /** The separator behind the word at this place. */
    char after() {
        return separators.get(at);
    }

    void advance() {
        at++;
    }

    int place() {
        return at;
    }

    void returnTo(int place) {
        at = place;
    }
}
