// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

/** A state of an SA, with the name, number and story that logs, whack's codes and status lines show. */
public sealed interface State permits V1State, V2State {
    /** How the status counts an SA in a state. */
    enum Category {
        HALF_OPEN,
        OPEN,
        ESTABLISHED_IKE,
        ESTABLISHED_CHILD,
        INFORMATIONAL,
        IGNORED
    }

    /** {@code STATE_V2_PARENT_I1}. */
    String fullName();

    String story();

    Category category();

    /** The code of a line that tells the state was reached. */
    int code();

    /** Whether the messages of an IKE SA in this state are protected. */
    boolean isSecured();

    /** Whether an IKE SA in this state serves to negotiate what hangs on it, or a Child SA in it carries traffic. */
    boolean isEstablished();
}
