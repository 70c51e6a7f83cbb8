// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.control;

/** The other side of a control connection did not keep to the protocol; the message says how, in one line. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    public ControlException(String message) {
        super(message);
    }
}
