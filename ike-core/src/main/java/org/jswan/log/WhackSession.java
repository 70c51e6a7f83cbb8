// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.log;

import java.util.function.Consumer;

/**
 * One running whack, auto or addconn, as the daemon sees it. Writing never blocks: a client that does not read loses
 * its connection when its queue is full, and one that is gone takes lines without effect.
 */
public interface WhackSession {
    /** Shows {@code NNN text}. The code decides the client's exit status. */
    void line(int code, String text);

    /** Shows text as it is, without a code; the client's exit status stays. */
    void raw(String text);

    /**
     * Asks the user; {@code answer} gets it on the loop, or null if the client is gone.
     *
     * @param code 40 for a password that is not to be seen, 41 for a user name
     */
    void prompt(int code, String text, Consumer<String> answer);

    /** Whether the client is still there. */
    boolean isAttached();

    /** The request is done: the client gets what is queued and then the end. Twice does nothing. */
    void finish();

    /** One more operation speaks to the session. */
    default void hold() {}

    /** An operation is done with the session; the last one finishes it. */
    default void release() {}
}
