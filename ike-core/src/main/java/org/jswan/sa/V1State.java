// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import static org.jswan.sa.State.Category.ESTABLISHED_CHILD;
import static org.jswan.sa.State.Category.ESTABLISHED_IKE;
import static org.jswan.sa.State.Category.HALF_OPEN;
import static org.jswan.sa.State.Category.INFORMATIONAL;
import static org.jswan.sa.State.Category.OPEN;

import org.jswan.log.RcCode;

/** The states of IKEv1 SAs. The order is that of the numbers, which start at 1. */
public enum V1State implements State {
    MAIN_R0("expecting Main Mode request", HALF_OPEN),
    MAIN_I1("sent Main Mode request", HALF_OPEN),
    MAIN_R1("sent Main Mode R1", OPEN),
    MAIN_I2("sent Main Mode I2", OPEN),
    MAIN_R2("sent Main Mode R2", OPEN),
    MAIN_I3("sent Main Mode I3", OPEN),
    MAIN_R3("IKE SA established", ESTABLISHED_IKE),
    MAIN_I4("IKE SA established", ESTABLISHED_IKE),
    AGGR_R0("expecting Aggressive Mode request", HALF_OPEN),
    AGGR_I1("sent Aggressive Mode request", HALF_OPEN),
    AGGR_R1("sent Aggressive Mode response, expecting confirmation", OPEN),
    AGGR_I2("IKE SA established", ESTABLISHED_IKE),
    AGGR_R2("IKE SA established", ESTABLISHED_IKE),
    QUICK_R0("expecting Quick Mode request", ESTABLISHED_CHILD),
    QUICK_I1("sent Quick Mode request", ESTABLISHED_CHILD),
    QUICK_R1("sent Quick Mode reply, inbound IPsec SA installed, expecting confirmation", ESTABLISHED_CHILD),
    QUICK_I2("IPsec SA established", ESTABLISHED_CHILD),
    QUICK_R2("IPsec SA established", ESTABLISHED_CHILD),
    INFO("received unencrypted Informational Exchange message", INFORMATIONAL),
    INFO_PROTECTED("received encrypted Informational Exchange message", INFORMATIONAL),
    XAUTH_R0("XAUTH responder - optional CFG exchange", ESTABLISHED_IKE),
    XAUTH_R1("XAUTH status sent, expecting Ack", ESTABLISHED_IKE),
    MODE_CFG_R0("received ModeCfg request, reply sent", INFORMATIONAL),
    MODE_CFG_R1("sent ModeCfg reply, expecting Ack", ESTABLISHED_IKE),
    MODE_CFG_R2("received ModeCfg Ack", ESTABLISHED_IKE),
    MODE_CFG_I1("sent ModeCfg request", ESTABLISHED_IKE),
    XAUTH_I0("XAUTH client - possibly awaiting CFG_request", ESTABLISHED_IKE),
    XAUTH_I1("XAUTH client - possibly awaiting CFG_set", ESTABLISHED_IKE);

    private final String story;
    private final Category category;

    V1State(String story, Category category) {
        this.story = story;
        this.category = category;
    }

    @Override
    public String fullName() {
        return "STATE_" + name();
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
        return RcCode.NEW_V1_STATE + 1 + ordinal();
    }

    /** Whether it is one of an ISAKMP SA before Mode Config and XAUTH. */
    public boolean isPhase1() {
        return ordinal() <= AGGR_R2.ordinal();
    }

    /** Whether it is one of an IPsec SA. */
    public boolean isQuick() {
        return ordinal() >= QUICK_R0.ordinal() && ordinal() <= QUICK_R2.ordinal();
    }

    /** Whether our last message is sent again when the peer's last one comes again. */
    public boolean answersDuplicates() {
        return switch (this) {
            case MAIN_R1, MAIN_R3, AGGR_R1, AGGR_I2, QUICK_I2 -> true;
            default -> false;
        };
    }

    @Override
    public boolean isSecured() {
        return switch (this) {
            case MAIN_R0, MAIN_I1, MAIN_R1, MAIN_I2, AGGR_R0, AGGR_I1, INFO -> false;
            default -> true;
        };
    }

    @Override
    public boolean isEstablished() {
        return switch (this) {
            case QUICK_R0, QUICK_I1 -> false;
            default -> category == ESTABLISHED_IKE || category == ESTABLISHED_CHILD || this == MODE_CFG_R0;
        };
    }
}
