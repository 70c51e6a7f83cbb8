// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.log;

/**
 * The number before a line that whack shows. 20 to 99 become whack's exit status; 1 to 6 leave it as it is; every
 * other resets it to 0.
 */
public enum RcCode {
    COMMENT(0),
    RAW(1),
    LOG(2),
    LOG_SERIOUS(3),
    SUCCESS(4),
    INFORMATIONAL(5),
    INFORMATIONAL_TRAFFIC(6),
    RETRANSMISSION(10),
    DUPNAME(20),
    UNKNOWN_NAME(21),
    ORIENT(22),
    CLASH(23),
    DEAF(24),
    ROUTE(25),
    RTBUSY(26),
    BADID(27),
    NOKEY(28),
    NOPEERIP(29),
    INITSHUNT(30),
    WILDCARD(31),
    CRLERROR(32),
    WHACK_PROBLEM(33),
    BADWHACKMESSAGE(30),
    NORETRANSMISSION(31),
    INTERNALERR(32),
    OPPOFAILURE(33),
    CRYPTOFAILED(34),
    AGGRALGO(35),
    FATAL(36),
    ENTERSECRET(40),
    USERPROMPT(41);

    /** First of the codes for IKEv1 states reached; the state's number is added. */
    public static final int NEW_V1_STATE = 100;
    /** First of the codes for IKEv2 states reached; the state's number is added. */
    public static final int NEW_V2_STATE = 150;
    /** First of the codes for notifications; the notification's number is added. */
    public static final int NOTIFICATION = 200;

    private final int code;

    RcCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
