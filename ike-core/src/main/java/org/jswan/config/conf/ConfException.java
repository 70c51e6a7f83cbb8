// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.conf;

/** A configuration that could not be read at all. The message is libreswan's, with file and line where it has them. */
public final class ConfException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean complete;

    private ConfException(String message, boolean complete) {
        super(message);
        this.complete = complete;
    }

    /** The file as a whole makes no sense; whoever loads it says which file, and then the message. */
    static ConfException malformed(String message) {
        return new ConfException(message, false);
    }

    /** A word that a key does not know: the message is all there is to say. */
    static ConfException badWord(String message) {
        return new ConfException(message, true);
    }

    /** Whether the message stands for itself and the program that wanted the file ends with status 1. */
    public boolean isComplete() {
        return complete;
    }
}
