// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.function.Consumer;

/** One running auto or addconn, wherever it runs: what it shows, asks, and ends with. */
public interface CommandClient {
    /** Shows {@code NNN text} on standard output. */
    void line(int code, String text);

    /** Text for standard output as it is. */
    void out(String text);

    /** Text for standard error as it is. */
    void err(String text);

    /** Asks the user, as {@link org.jswan.log.WhackSession#prompt}. */
    void prompt(int code, String text, Consumer<String> answer);

    boolean isAttached();

    /** Whether standard output is a terminal: only there addconn shows what the daemon says. */
    boolean isTerminal();

    /**
     * The command is done.
     *
     * @param status exit status, 0 to 255
     */
    void finish(int status);
}
