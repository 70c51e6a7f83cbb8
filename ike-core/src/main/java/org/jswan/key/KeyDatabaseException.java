// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

/** The database of keys did not do what it was asked for; the message is for the log. */
public final class KeyDatabaseException extends Exception {
    private static final long serialVersionUID = 1;

    public KeyDatabaseException(String message) {
        super(message);
    }
}
