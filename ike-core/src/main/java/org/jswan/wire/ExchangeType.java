// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * The exchange a message belongs to. IKEv1 and IKEv2 share one space of numbers. Printed by the name in logs, a number
 * without one as {@code 99??}.
 *
 * @param number 0 to 255
 */
public record ExchangeType(int number) {
    private static final Map<Integer, String> NAMES = new HashMap<>();

    public static final ExchangeType NONE = named(0, "ISAKMP_XCHG_NONE");
    public static final ExchangeType BASE = named(1, "ISAKMP_XCHG_BASE");
    public static final ExchangeType IDPROT = named(2, "ISAKMP_XCHG_IDPROT");
    public static final ExchangeType AO = named(3, "ISAKMP_XCHG_AO");
    public static final ExchangeType AGGR = named(4, "ISAKMP_XCHG_AGGR");
    public static final ExchangeType INFO = named(5, "ISAKMP_XCHG_INFO");
    public static final ExchangeType MODE_CFG = named(6, "ISAKMP_XCHG_MODE_CFG");
    public static final ExchangeType OLD_ECHO_REQUEST = named(30, "ISAKMP_XCHG_STOLEN_BY_OPENSWAN_FOR_ECHOREQUEST");
    public static final ExchangeType OLD_ECHO_REPLY = named(31, "ISAKMP_XCHG_STOLEN_BY_OPENSWAN_FOR_ECHOREPLY");
    public static final ExchangeType QUICK = named(32, "ISAKMP_XCHG_QUICK");
    public static final ExchangeType NGRP = named(33, "ISAKMP_XCHG_NGRP");
    public static final ExchangeType IKE_SA_INIT = named(34, "ISAKMP_v2_IKE_SA_INIT");
    public static final ExchangeType IKE_AUTH = named(35, "ISAKMP_v2_IKE_AUTH");
    public static final ExchangeType CREATE_CHILD_SA = named(36, "ISAKMP_v2_CREATE_CHILD_SA");
    public static final ExchangeType INFORMATIONAL = named(37, "ISAKMP_v2_INFORMATIONAL");
    public static final ExchangeType IKE_SESSION_RESUME = named(38, "ISAKMP_v2_IKE_SESSION_RESUME");
    public static final ExchangeType GSA_AUTH = named(39, "ISAKMP_v2_GSA_AUTH");
    public static final ExchangeType GSA_REGISTRATION = named(40, "ISAKMP_v2_GSA_REGISTRATION");
    public static final ExchangeType GSA_REKEY = named(41, "ISAKMP_v2_GSA_REKEY");
    public static final ExchangeType UNASSIGNED_42 = named(42, "ISAKMP_v2_UNASSIGNED_42");
    public static final ExchangeType IKE_INTERMEDIATE = named(43, "ISAKMP_v2_IKE_INTERMEDIATE");
    public static final ExchangeType ECHO_REQUEST = named(244, "ISAKMP_XCHG_ECHOREQUEST_PRIVATE");
    public static final ExchangeType ECHO_REPLY = named(245, "ISAKMP_XCHG_ECHOREPLY_PRIVATE");

    private static ExchangeType named(int number, String name) {
        NAMES.put(number, name);
        return new ExchangeType(number);
    }

    public static ExchangeType of(int number) {
        return new ExchangeType(number);
    }

    /** Whether the number has a name. */
    public boolean isKnown() {
        return NAMES.containsKey(number);
    }

    /** The name without its prefix: {@code IKE_SA_INIT}. */
    public String shortName() {
        return NumberNames.withoutPrefix(toString(), "ISAKMP_v2_", "ISAKMP_XCHG_");
    }

    @Override
    public String toString() {
        return NumberNames.text(NAMES, number);
    }
}
