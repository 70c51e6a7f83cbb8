// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.config.value;

/** Text that is no value of the kind wanted; the message is for the user and names what is wrong, not where. */
public final class ValueException extends Exception {
    private static final long serialVersionUID = 1;

    public ValueException(String message) {
        super(message);
    }
}
