// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import static org.jswan.sa.State.Category.ESTABLISHED_CHILD;
import static org.jswan.sa.State.Category.ESTABLISHED_IKE;
import static org.jswan.sa.State.Category.HALF_OPEN;
import static org.jswan.sa.State.Category.IGNORED;
import static org.jswan.sa.State.Category.INFORMATIONAL;
import static org.jswan.sa.State.Category.OPEN;

import org.jswan.log.RcCode;

/**
 * The states of IKEv2 SAs, with the names, numbers and stories that logs, whack's codes and status lines show. The
 * order is that of the numbers.
 */
public enum V2State implements State {
    PARENT_I0("waiting for KE to finish", IGNORED),
    PARENT_I1("sent IKE_SA_INIT request", HALF_OPEN),
    PARENT_I2("sent IKE_AUTH request", OPEN),
    PARENT_R0("processing IKE_SA_INIT request", HALF_OPEN),
    PARENT_R1("sent IKE_SA_INIT reply", HALF_OPEN),
    PARENT_R_EAP("sent EAP request", OPEN),
    IKE_AUTH_CHILD_I0("ephemeral: initiator creating child from IKE exchange", IGNORED),
    IKE_AUTH_CHILD_R0("ephemeral: responder creating child from IKE exchange", IGNORED),
    NEW_CHILD_I0("STATE_V2_NEW_CHILD_I0", ESTABLISHED_IKE),
    NEW_CHILD_I1("sent CREATE_CHILD_SA request for new IPsec SA", ESTABLISHED_IKE),
    REKEY_IKE_I0("STATE_V2_REKEY_IKE_I0", ESTABLISHED_IKE),
    REKEY_IKE_I1("sent CREATE_CHILD_SA request to rekey IKE SA", ESTABLISHED_IKE),
    REKEY_CHILD_I0("STATE_V2_REKEY_CHILD_I0", ESTABLISHED_IKE),
    REKEY_CHILD_I1("sent CREATE_CHILD_SA request to rekey IPsec SA", ESTABLISHED_IKE),
    NEW_CHILD_R0("STATE_V2_NEW_CHILD_R0", ESTABLISHED_IKE),
    REKEY_IKE_R0("STATE_V2_REKEY_IKE_R0", ESTABLISHED_IKE),
    REKEY_CHILD_R0("STATE_V2_REKEY_CHILD_R0", ESTABLISHED_IKE),
    ESTABLISHED_IKE_SA("established IKE SA", ESTABLISHED_IKE),
    ESTABLISHED_CHILD_SA("established Child SA", ESTABLISHED_CHILD),
    IKE_SA_DELETE("STATE_IKESA_DEL", ESTABLISHED_IKE),
    CHILD_SA_DELETE("STATE_CHILDSA_DEL", INFORMATIONAL);

    /** The number of the first IKEv2 state, all states of IKEv1 come before. */
    private static final int FIRST_NUMBER = 30;

    private final String story;
    private final Category category;

    V2State(String story, Category category) {
        this.story = story;
        this.category = category;
    }

    @Override
    public String fullName() {
        return "STATE_V2_" + name();
    }

    @Override
    public String story() {
        return story;
    }

    @Override
    public Category category() {
        return category;
    }

    @Override
    public int code() {
        return RcCode.NEW_V2_STATE + FIRST_NUMBER + ordinal();
    }

    /** All but those of IKE_SA_INIT. */
    @Override
    public boolean isSecured() {
        return this != PARENT_I0 && this != PARENT_I1 && this != PARENT_R0;
    }

    @Override
    public boolean isEstablished() {
        return this == ESTABLISHED_IKE_SA || this == ESTABLISHED_CHILD_SA;
    }
}
