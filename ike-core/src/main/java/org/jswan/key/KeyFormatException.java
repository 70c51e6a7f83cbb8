// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

/** Octets that are no public key, or none that we take; the message is for the user. */
public final class KeyFormatException extends Exception {
    private static final long serialVersionUID = 1;

    public KeyFormatException(String message) {
        super(message);
    }
}
