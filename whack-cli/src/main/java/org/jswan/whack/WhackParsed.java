// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import org.jswan.control.WhackRequest;

/** What an argument vector comes to. */
public sealed interface WhackParsed {
    /**
     * Something for the daemon to do.
     *
     * @param warnings lines for standard error, each with its line end; may be ""
     */
    record Request(WhackRequest request, String warnings) implements WhackParsed {}

    /**
     * Nothing for the daemon: help, version, or an error.
     *
     * @param output for standard output
     * @param error for standard error
     * @param status the exit status
     */
    record Done(String output, String error, int status) implements WhackParsed {}
}
