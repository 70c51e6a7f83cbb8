// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

import java.util.Optional;

/**
 * What the lexer makes of a stretch of text.
 *
 * @param text as error messages show it
 * @param value the string that a {@link Kind#STRING} or comment stands for
 * @param number the number that a {@link Kind#INTEGER} or {@link Kind#BOOL} stands for
 */
record Token(Kind kind, String text, String value, long number, Optional<ConfKeys.Found> key) {
    enum Kind {
        END,
        EOL,
        FIRST_SPACES,
        EQUAL,
        VERSION,
        CONFIG,
        SETUP,
        CONN,
        INCLUDE,
        STRING,
        INTEGER,
        BOOL,
        KEY,
        COMMENT
    }

    static Token plain(Kind kind, String text) {
        return new Token(kind, text, text, 0, Optional.empty());
    }

    static Token string(String text, String value) {
        return new Token(Kind.STRING, text, value, 0, Optional.empty());
    }

    static Token number(Kind kind, String text, long number) {
        return new Token(kind, text, text, number, Optional.empty());
    }

    static Token key(ConfKeys.Found key, String text) {
        Kind kind = key.key().type() == KeyType.COMMENT ? Kind.COMMENT : Kind.KEY;
        return new Token(kind, text, text, 0, Optional.of(key));
    }
}
