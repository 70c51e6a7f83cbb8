// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

/** What a proposal, a notification or a delete is about (RFC 2407 section 4.4.1). */
public final class ProtocolId {
    public static final int RESERVED = 0;
    public static final int ISAKMP = 1;
    public static final int AH = 2;
    public static final int ESP = 3;
    public static final int IPCOMP = 4;

    private static final String[] NAMES = {
        "PROTO_RESERVED", "PROTO_ISAKMP", "PROTO_IPSEC_AH", "PROTO_IPSEC_ESP", "PROTO_IPCOMP"
    };

    private ProtocolId() {}

    static boolean isKnown(int protocol) {
        return protocol >= 0 && protocol < NAMES.length;
    }

    /** As logs print it: {@code PROTO_IPSEC_ESP}; a number without a name as {@code 5??}. */
    public static String name(int protocol) {
        return isKnown(protocol) ? NAMES[protocol] : protocol + "??";
    }
}
