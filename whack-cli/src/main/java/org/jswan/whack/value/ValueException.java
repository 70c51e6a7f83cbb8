// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack.value;

/** Text that is not a value of the kind wanted; the message is libreswan's. */
public final class ValueException extends Exception {
    private static final long serialVersionUID = 1L;

    public ValueException(String message) {
        super(message);
    }
}
