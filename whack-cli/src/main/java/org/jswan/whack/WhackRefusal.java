// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

/** The end of a parse without a request: what goes to standard output and error, and the exit status. */
final class WhackRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient String output;
    private final transient String error;
    private final int status;

    WhackRefusal(String output, String error, int status) {
        super(error, null, false, false);
        this.output = output;
        this.error = error;
        this.status = status;
    }

    String output() {
        return output;
    }

    String error() {
        return error;
    }

    int status() {
        return status;
    }
}
