// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

/** Kinds of value a key takes; they decide what the lexer and the parser accept behind the {@code =}. */
public enum KeyType {
    STRING,
    /** Given again, the values are joined with a blank. */
    APPEND_STRING,
    /** As {@link #APPEND_STRING}, written in braces. */
    APPEND_LIST,
    FILE_NAME,
    DIRECTORY_NAME,
    BOOL,
    ENUM,
    /** A set of debugging flags. */
    DEBUG_SET,
    /** A known word or any other text. */
    LOOSE_ENUM,
    PUBLIC_KEY,
    NUMBER,
    TIME,
    PERCENT,
    /** A count with a binary prefix. */
    BINARY,
    /** Octets with a binary prefix. */
    BYTES,
    RANGE,
    ADDRESS,
    SUBNET,
    ID,
    COMMENT,
    OBSOLETE;

    boolean isText() {
        return switch (this) {
            case STRING, APPEND_STRING, APPEND_LIST, FILE_NAME, DIRECTORY_NAME, RANGE, ADDRESS, SUBNET, ID -> true;
            default -> false;
        };
    }

    boolean isLoose() {
        return this == LOOSE_ENUM || this == PUBLIC_KEY;
    }
}
