// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.eap;

/** The peer's EAP message cannot be taken; the message is as logged. */
public final class EapException extends Exception {
    private static final long serialVersionUID = 1;

    public EapException(String message) {
        super(message);
    }
}
