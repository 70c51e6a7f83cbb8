// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * The type of an IKEv2 notify payload: an error below 16384, else a status (RFC 7296 section 3.10.1). Printed by the
 * name in logs; a number without one as {@code 40970??}.
 *
 * @param number 0 to 65535
 */
public record NotifyType(int number) {
    private static final int FIRST_STATUS = 16384;
    private static final String PREFIX = "v2N_";
    private static final Map<Integer, String> NAMES = new HashMap<>();

    /** No error; never on the wire. */
    public static final NotifyType NOTHING_WRONG = named(0, "RESERVED");

    public static final NotifyType UNSUPPORTED_CRITICAL_PAYLOAD = named(1, "UNSUPPORTED_CRITICAL_PAYLOAD");
    public static final NotifyType INVALID_IKE_SPI = named(4, "INVALID_IKE_SPI");
    public static final NotifyType INVALID_MAJOR_VERSION = named(5, "INVALID_MAJOR_VERSION");
    public static final NotifyType INVALID_SYNTAX = named(7, "INVALID_SYNTAX");
    public static final NotifyType INVALID_MESSAGE_ID = named(9, "INVALID_MESSAGE_ID");
    public static final NotifyType INVALID_SPI = named(11, "INVALID_SPI");
    public static final NotifyType NO_PROPOSAL_CHOSEN = named(14, "NO_PROPOSAL_CHOSEN");
    public static final NotifyType INVALID_KE_PAYLOAD = named(17, "INVALID_KE_PAYLOAD");
    public static final NotifyType AUTHENTICATION_FAILED = named(24, "AUTHENTICATION_FAILED");
    public static final NotifyType SINGLE_PAIR_REQUIRED = named(34, "SINGLE_PAIR_REQUIRED");
    public static final NotifyType NO_ADDITIONAL_SAS = named(35, "NO_ADDITIONAL_SAS");
    public static final NotifyType INTERNAL_ADDRESS_FAILURE = named(36, "INTERNAL_ADDRESS_FAILURE");
    public static final NotifyType FAILED_CP_REQUIRED = named(37, "FAILED_CP_REQUIRED");
    public static final NotifyType TS_UNACCEPTABLE = named(38, "TS_UNACCEPTABLE");
    public static final NotifyType INVALID_SELECTORS = named(39, "INVALID_SELECTORS");
    public static final NotifyType UNACCEPTABLE_ADDRESSES = named(40, "UNACCEPTABLE_ADDRESSES");
    public static final NotifyType UNEXPECTED_NAT_DETECTED = named(41, "UNEXPECTED_NAT_DETECTED");
    public static final NotifyType USE_ASSIGNED_HOA = named(42, "USE_ASSIGNED_HoA");
    public static final NotifyType TEMPORARY_FAILURE = named(43, "TEMPORARY_FAILURE");
    public static final NotifyType CHILD_SA_NOT_FOUND = named(44, "CHILD_SA_NOT_FOUND");
    public static final NotifyType INVALID_GROUP_ID = named(45, "INVALID_GROUP_ID");
    public static final NotifyType AUTHORIZATION_FAILED = named(46, "AUTHORIZATION_FAILED");
    public static final NotifyType INITIAL_CONTACT = named(16384, "INITIAL_CONTACT");
    public static final NotifyType SET_WINDOW_SIZE = named(16385, "SET_WINDOW_SIZE");
    public static final NotifyType ADDITIONAL_TS_POSSIBLE = named(16386, "ADDITIONAL_TS_POSSIBLE");
    public static final NotifyType IPCOMP_SUPPORTED = named(16387, "IPCOMP_SUPPORTED");
    public static final NotifyType NAT_DETECTION_SOURCE_IP = named(16388, "NAT_DETECTION_SOURCE_IP");
    public static final NotifyType NAT_DETECTION_DESTINATION_IP = named(16389, "NAT_DETECTION_DESTINATION_IP");
    public static final NotifyType COOKIE = named(16390, "COOKIE");
    public static final NotifyType USE_TRANSPORT_MODE = named(16391, "USE_TRANSPORT_MODE");
    public static final NotifyType HTTP_CERT_LOOKUP_SUPPORTED = named(16392, "HTTP_CERT_LOOKUP_SUPPORTED");
    public static final NotifyType REKEY_SA = named(16393, "REKEY_SA");
    public static final NotifyType ESP_TFC_PADDING_NOT_SUPPORTED = named(16394, "ESP_TFC_PADDING_NOT_SUPPORTED");
    public static final NotifyType NON_FIRST_FRAGMENTS_ALSO = named(16395, "NON_FIRST_FRAGMENTS_ALSO");
    public static final NotifyType MOBIKE_SUPPORTED = named(16396, "MOBIKE_SUPPORTED");
    public static final NotifyType ADDITIONAL_IP4_ADDRESS = named(16397, "ADDITIONAL_IP4_ADDRESS");
    public static final NotifyType ADDITIONAL_IP6_ADDRESS = named(16398, "ADDITIONAL_IP6_ADDRESS");
    public static final NotifyType NO_ADDITIONAL_ADDRESSES = named(16399, "NO_ADDITIONAL_ADDRESSES");
    public static final NotifyType UPDATE_SA_ADDRESSES = named(16400, "UPDATE_SA_ADDRESSES");
    public static final NotifyType COOKIE2 = named(16401, "COOKIE2");
    public static final NotifyType NO_NATS_ALLOWED = named(16402, "NO_NATS_ALLOWED");
    public static final NotifyType AUTH_LIFETIME = named(16403, "AUTH_LIFETIME");
    public static final NotifyType MULTIPLE_AUTH_SUPPORTED = named(16404, "MULTIPLE_AUTH_SUPPORTED");
    public static final NotifyType ANOTHER_AUTH_FOLLOWS = named(16405, "ANOTHER_AUTH_FOLLOWS");
    public static final NotifyType REDIRECT_SUPPORTED = named(16406, "REDIRECT_SUPPORTED");
    public static final NotifyType REDIRECT = named(16407, "REDIRECT");
    public static final NotifyType REDIRECTED_FROM = named(16408, "REDIRECTED_FROM");
    public static final NotifyType TICKET_LT_OPAQUE = named(16409, "TICKET_LT_OPAQUE");
    public static final NotifyType TICKET_REQUEST = named(16410, "TICKET_REQUEST");
    public static final NotifyType TICKET_ACK = named(16411, "TICKET_ACK");
    public static final NotifyType TICKET_NACK = named(16412, "TICKET_NACK");
    public static final NotifyType TICKET_OPAQUE = named(16413, "TICKET_OPAQUE");
    public static final NotifyType LINK_ID = named(16414, "LINK_ID");
    public static final NotifyType USE_WESP_MODE = named(16415, "USE_WESP_MODE");
    public static final NotifyType ROHC_SUPPORTED = named(16416, "ROHC_SUPPORTED");
    public static final NotifyType EAP_ONLY_AUTHENTICATION = named(16417, "EAP_ONLY_AUTHENTICATION");
    public static final NotifyType CHILDLESS_IKEV2_SUPPORTED = named(16418, "CHILDLESS_IKEV2_SUPPORTED");
    public static final NotifyType QUICK_CRASH_DETECTION = named(16419, "QUICK_CRASH_DETECTION");
    public static final NotifyType IKEV2_MESSAGE_ID_SYNC_SUPPORTED = named(16420, "IKEV2_MESSAGE_ID_SYNC_SUPPORTED");
    public static final NotifyType IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED =
            named(16421, "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED");
    public static final NotifyType IKEV2_MESSAGE_ID_SYNC = named(16422, "IKEV2_MESSAGE_ID_SYNC");
    public static final NotifyType IPSEC_REPLAY_COUNTER_SYNC = named(16423, "IPSEC_REPLAY_COUNTER_SYNC");
    public static final NotifyType SECURE_PASSWORD_METHODS = named(16424, "SECURE_PASSWORD_METHODS");
    public static final NotifyType PSK_PERSIST = named(16425, "PSK_PERSIST");
    public static final NotifyType PSK_CONFIRM = named(16426, "PSK_CONFIRM");
    public static final NotifyType ERX_SUPPORTED = named(16427, "ERX_SUPPORTED");
    public static final NotifyType IFOM_CAPABILITY = named(16428, "IFOM_CAPABILITY");
    public static final NotifyType SENDER_REQUEST_ID = named(16429, "SENDER_REQUEST_ID");
    public static final NotifyType IKEV2_FRAGMENTATION_SUPPORTED = named(16430, "IKEV2_FRAGMENTATION_SUPPORTED");
    public static final NotifyType SIGNATURE_HASH_ALGORITHMS = named(16431, "SIGNATURE_HASH_ALGORITHMS");
    public static final NotifyType CLONE_IKE_SA_SUPPORTED = named(16432, "CLONE_IKE_SA_SUPPORTED");
    public static final NotifyType CLONE_IKE_SA = named(16433, "CLONE_IKE_SA");
    public static final NotifyType PUZZLE = named(16434, "PUZZLE");
    public static final NotifyType USE_PPK = named(16435, "USE_PPK");
    public static final NotifyType PPK_IDENTITY = named(16436, "PPK_IDENTITY");
    public static final NotifyType NO_PPK_AUTH = named(16437, "NO_PPK_AUTH");
    public static final NotifyType INTERMEDIATE_EXCHANGE_SUPPORTED = named(16438, "INTERMEDIATE_EXCHANGE_SUPPORTED");
    public static final NotifyType NULL_AUTH = named(40960, "NULL_AUTH");

    static {
        int[] unused = {2, 3, 6, 8, 10, 12, 13, 15, 16, 18, 19, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33};
        for (int number : unused) {
            NAMES.put(number, PREFIX + "UNUSED_" + number);
        }
    }

    private static NotifyType named(int number, String shortName) {
        NAMES.put(number, PREFIX + shortName);
        return new NotifyType(number);
    }

    public static NotifyType of(int number) {
        return new NotifyType(number);
    }

    /** Whether the number has a name. */
    public boolean isKnown() {
        return NAMES.containsKey(number);
    }

    /** Whether it reports a failure. */
    public boolean isError() {
        return number < FIRST_STATUS;
    }

    /** The name without its prefix: {@code NO_PROPOSAL_CHOSEN}. */
    public String shortName() {
        return NumberNames.withoutPrefix(toString(), PREFIX);
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof NotifyType that && number == that.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    @Override
    public String toString() {
        return NumberNames.text(NAMES, number);
    }
}
