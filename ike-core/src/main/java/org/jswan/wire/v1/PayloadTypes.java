// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.Map;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.PayloadType;
import org.jswan.wire.WireException;

/** The payload types of IKEv1: RFC 2408 section 3.1, RFC 3947, RFC 6407, and those that vendors took for themselves. */
public final class PayloadTypes {
    public static final PayloadType NONE = PayloadType.NONE;
    public static final PayloadType SA = PayloadType.of(1);
    /** Only inside an SA payload. */
    public static final PayloadType P = PayloadType.of(2);

    /** Only inside a proposal. */
    public static final PayloadType T = PayloadType.of(3);

    public static final PayloadType KE = PayloadType.of(4);
    public static final PayloadType ID = PayloadType.of(5);
    public static final PayloadType CERT = PayloadType.of(6);
    public static final PayloadType CR = PayloadType.of(7);
    public static final PayloadType HASH = PayloadType.of(8);
    public static final PayloadType SIG = PayloadType.of(9);
    public static final PayloadType NONCE = PayloadType.of(10);
    public static final PayloadType N = PayloadType.of(11);
    public static final PayloadType D = PayloadType.of(12);
    public static final PayloadType VID = PayloadType.of(13);
    public static final PayloadType MODECFG = PayloadType.of(14);
    /** Of RFC 6407, and NAT-D in drafts so old that only some gateways of Cisco followed them: skipped. */
    public static final PayloadType SAK = PayloadType.of(15);

    public static final PayloadType NATD_RFC = PayloadType.of(20);
    public static final PayloadType NATOA_RFC = PayloadType.of(21);
    public static final PayloadType NATD_DRAFTS = PayloadType.of(130);
    public static final PayloadType NATOA_DRAFTS = PayloadType.of(131);
    public static final PayloadType IKE_FRAGMENTATION = PayloadType.of(132);

    private static final String PREFIX = "ISAKMP_NEXT_";
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "NONE"),
            Map.entry(1, "SA"),
            Map.entry(2, "P"),
            Map.entry(3, "T"),
            Map.entry(4, "KE"),
            Map.entry(5, "ID"),
            Map.entry(6, "CERT"),
            Map.entry(7, "CR"),
            Map.entry(8, "HASH"),
            Map.entry(9, "SIG"),
            Map.entry(10, "NONCE"),
            Map.entry(11, "N"),
            Map.entry(12, "D"),
            Map.entry(13, "VID"),
            Map.entry(14, "MODECFG"),
            Map.entry(15, "SAK"),
            Map.entry(16, "TEK"),
            Map.entry(17, "KD"),
            Map.entry(18, "SEQ"),
            Map.entry(19, "POP"),
            Map.entry(20, "NATD_RFC"),
            Map.entry(21, "NATOA_RFC"),
            Map.entry(22, "GAP"),
            Map.entry(130, "NATD_DRAFTS"),
            Map.entry(131, "NATOA_DRAFTS"),
            Map.entry(132, "IKE_FRAGMENTATION"));

    private PayloadTypes() {}

    /** The name that IKEv1 logs give it: {@code ISAKMP_NEXT_KE}; a number without one as {@code 33??}. */
    public static String name(PayloadType type) {
        String name = NAMES.get(type.number());
        return name != null ? PREFIX + name : type.number() + "??";
    }

    /** The name without its prefix: {@code KE}. */
    public static String shortName(PayloadType type) {
        String name = name(type);
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    /** What logs call such a payload in an exchange of that type: {@code ISAKMP Hash Payload}. */
    public static String structure(PayloadType type, ExchangeType exchange) throws WireException {
        return Payloads.structure(type, exchange);
    }

    /** The type that it counts as: the drafts' NAT-D and NAT-OA are RFC 3947's under an older number. */
    public static PayloadType canonical(PayloadType type) {
        if (type.equals(NATD_DRAFTS)) {
            return NATD_RFC;
        }
        return type.equals(NATOA_DRAFTS) ? NATOA_RFC : type;
    }
}
