// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v1;

import java.util.HashMap;
import java.util.Map;

/**
 * The type of an IKEv1 notification: an error below 16384, else a status (RFC 2408 section 3.14.1, RFC 2407 section
 * 4.6.3, RFC 3706, and vendors' own). Printed by the name in logs; a number without one as {@code 40970??}.
 *
 * @param number 0 to 65535
 */
public record NotificationType(int number) {
    private static final int FIRST_STATUS = 16384;
    private static final String PREFIX = "v1N_";
    private static final Map<Integer, String> NAMES = new HashMap<>();

    public static final NotificationType INVALID_PAYLOAD_TYPE = named(1, "INVALID_PAYLOAD_TYPE");
    public static final NotificationType DOI_NOT_SUPPORTED = named(2, "DOI_NOT_SUPPORTED");
    public static final NotificationType SITUATION_NOT_SUPPORTED = named(3, "SITUATION_NOT_SUPPORTED");
    public static final NotificationType INVALID_COOKIE = named(4, "INVALID_COOKIE");
    public static final NotificationType INVALID_MAJOR_VERSION = named(5, "INVALID_MAJOR_VERSION");
    public static final NotificationType INVALID_MINOR_VERSION = named(6, "INVALID_MINOR_VERSION");
    public static final NotificationType INVALID_EXCHANGE_TYPE = named(7, "INVALID_EXCHANGE_TYPE");
    public static final NotificationType INVALID_FLAGS = named(8, "INVALID_FLAGS");
    public static final NotificationType INVALID_MESSAGE_ID = named(9, "INVALID_MESSAGE_ID");
    public static final NotificationType INVALID_PROTOCOL_ID = named(10, "INVALID_PROTOCOL_ID");
    public static final NotificationType INVALID_SPI = named(11, "INVALID_SPI");
    public static final NotificationType INVALID_TRANSFORM_ID = named(12, "INVALID_TRANSFORM_ID");
    public static final NotificationType ATTRIBUTES_NOT_SUPPORTED = named(13, "ATTRIBUTES_NOT_SUPPORTED");
    public static final NotificationType NO_PROPOSAL_CHOSEN = named(14, "NO_PROPOSAL_CHOSEN");
    public static final NotificationType BAD_PROPOSAL_SYNTAX = named(15, "BAD_PROPOSAL_SYNTAX");
    public static final NotificationType PAYLOAD_MALFORMED = named(16, "PAYLOAD_MALFORMED");
    public static final NotificationType INVALID_KEY_INFORMATION = named(17, "INVALID_KEY_INFORMATION");
    public static final NotificationType INVALID_ID_INFORMATION = named(18, "INVALID_ID_INFORMATION");
    public static final NotificationType INVALID_CERT_ENCODING = named(19, "INVALID_CERT_ENCODING");
    public static final NotificationType INVALID_CERTIFICATE = named(20, "INVALID_CERTIFICATE");
    public static final NotificationType CERT_TYPE_UNSUPPORTED = named(21, "CERT_TYPE_UNSUPPORTED");
    public static final NotificationType INVALID_CERT_AUTHORITY = named(22, "INVALID_CERT_AUTHORITY");
    public static final NotificationType INVALID_HASH_INFORMATION = named(23, "INVALID_HASH_INFORMATION");
    public static final NotificationType AUTHENTICATION_FAILED = named(24, "AUTHENTICATION_FAILED");
    public static final NotificationType INVALID_SIGNATURE = named(25, "INVALID_SIGNATURE");
    public static final NotificationType ADDRESS_NOTIFICATION = named(26, "ADDRESS_NOTIFICATION");
    public static final NotificationType NOTIFY_SA_LIFETIME = named(27, "NOTIFY_SA_LIFETIME");
    public static final NotificationType CERTIFICATE_UNAVAILABLE = named(28, "CERTIFICATE_UNAVAILABLE");
    public static final NotificationType UNSUPPORTED_EXCHANGE_TYPE = named(29, "UNSUPPORTED_EXCHANGE_TYPE");
    public static final NotificationType UNEQUAL_PAYLOAD_LENGTHS = named(30, "UNEQUAL_PAYLOAD_LENGTHS");
    public static final NotificationType CONNECTED = named(16384, "CONNECTED");
    public static final NotificationType RESPONDER_LIFETIME = named(24576, "IPSEC_RESPONDER_LIFETIME");
    public static final NotificationType REPLAY_STATUS = named(24577, "IPSEC_REPLAY_STATUS");
    public static final NotificationType INITIAL_CONTACT = named(24578, "IPSEC_INITIAL_CONTACT");
    public static final NotificationType CISCO_HELLO = named(30000, "ISAKMP_N_CISCO_HELLO");
    public static final NotificationType CISCO_WWTEBR = named(30001, "ISAKMP_N_CISCO_WWTEBR");
    public static final NotificationType CISCO_SHUT_UP = named(30002, "ISAKMP_N_CISCO_SHUT_UP");
    public static final NotificationType IOS_KEEP_ALIVE_REQ = named(32768, "ISAKMP_N_IOS_KEEP_ALIVE_REQ");
    public static final NotificationType IOS_KEEP_ALIVE_ACK = named(32769, "ISAKMP_N_IOS_KEEP_ALIVE_ACK");
    public static final NotificationType R_U_THERE = named(36136, "R_U_THERE");
    public static final NotificationType R_U_THERE_ACK = named(36137, "R_U_THERE_ACK");
    public static final NotificationType NETSCREEN_NHTB_INFORM = named(40001, "NETSCREEN_NHTB_INFORM");
    public static final NotificationType CISCO_LOAD_BALANCE = named(40501, "ISAKMP_N_CISCO_LOAD_BALANCE");
    public static final NotificationType CISCO_UNKNOWN_40502 = named(40502, "ISAKMP_N_CISCO_UNKNOWN_40502");
    public static final NotificationType CISCO_PRESHARED_KEY_HASH = named(40503, "ISAKMP_N_CISCO_PRESHARED_KEY_HASH");

    private static NotificationType named(int number, String shortName) {
        NAMES.put(number, PREFIX + shortName);
        return new NotificationType(number);
    }

    public static NotificationType of(int number) {
        return new NotificationType(number);
    }

    /** Whether the number has a name. */
    public boolean isKnown() {
        return NAMES.containsKey(number);
    }

    /** Whether it reports a failure. */
    public boolean isError() {
        return number < FIRST_STATUS;
    }

    /** The name without its prefix: {@code NO_PROPOSAL_CHOSEN}, {@code IPSEC_INITIAL_CONTACT}. */
    public String shortName() {
        return isKnown() ? toString().substring(PREFIX.length()) : toString();
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof NotificationType that && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        String name = NAMES.get(number);
        return name != null ? name : number + "??";
    }
}
