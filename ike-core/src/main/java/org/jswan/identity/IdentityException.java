// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

/** Text or octets that are no identity; the message is for the user and names what is wrong, not where. */
public final class IdentityException extends Exception {
    private static final long serialVersionUID = 1;

    public IdentityException(String message) {
        super(message);
    }
}
