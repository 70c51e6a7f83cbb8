// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

/** Pluto cannot go on: shown as {@code FATAL ERROR: …}, then the process ends with the status. */
public final class Fatal extends Exception {
    private final transient ExitStatus status;

    public Fatal(ExitStatus status, String message) {
        super(message);
        this.status = status;
    }

    public ExitStatus status() {
        return status;
    }
}
