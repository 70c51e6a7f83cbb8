// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The configuration attributes that we ask for and give (RFC 7296 §3.15.1, RFC 8598 §4.1). */
enum ConfigurationAttribute {
    INTERNAL_IP4_ADDRESS(1, 4),
    INTERNAL_IP4_DNS(3, 4),
    INTERNAL_IP6_ADDRESS(8, 16),
    INTERNAL_IP6_DNS(10, 16),
    INTERNAL_DNS_DOMAIN(25, 0);

    /** What a request names, in libreswan's order. */
    static final List<ConfigurationAttribute> ASKED = List.of(values());

    /** Names of the other types, by number. */
    private static final List<String> OTHERS = List.of(
            "CP_ATTR_RESERVED",
            "INTERNAL_IP4_ADDRESS",
            "INTERNAL_IP4_NETMASK",
            "INTERNAL_IP4_DNS",
            "INTERNAL_IP4_NBNS",
            "CP_ATTRIBUTE_RESERVED_5",
            "INTERNAL_IP4_DHCP",
            "APPLICATION_VERSION",
            "INTERNAL_IP6_ADDRESS",
            "CP_ATTRIBUTE_RESERVED_9",
            "INTERNAL_IP6_DNS",
            "CP_ATTRIBUTE_RESERVED_11",
            "INTERNAL_IP6_DHCP",
            "INTERNAL_IP4_SUBNET",
            "SUPPORTED_ATTRIBUTES",
            "INTERNAL_IP6_SUBNET",
            "MIP6_HOME_PREFIX",
            "INTERNAL_IP6_LINK",
            "INTERNAL_IP6_PREFIX",
            "HOME_AGENT_ADDRESS",
            "P_CSCF_IP4_ADDRESS",
            "P_CSCF_IP6_ADDRESS",
            "FTT_KAT",
            "EXTERNAL_SOURCE_IP4_NAT_INFO",
            "TIMEOUT_PERIOD_FOR_LIVENESS_CHECK",
            "INTERNAL_DNS_DOMAIN",
            "INTERNAL_DNSSEC_TA");

    private final int number;
    private final int octets;

    ConfigurationAttribute(int number, int octets) {
        this.number = number;
        this.octets = octets;
    }

    int number() {
        return number;
    }

    /** How long an address is, 0 for texts. */
    int octets() {
        return octets;
    }

    boolean isDns() {
        return this == INTERNAL_IP4_DNS || this == INTERNAL_IP6_DNS;
    }

    static Optional<ConfigurationAttribute> of(int number) {
        return Arrays.stream(values()).filter(a -> a.number == number).findFirst();
    }

    /** What the log calls a type. */
    static String name(int number) {
        return number < OTHERS.size() ? "IKEv2_" + OTHERS.get(number) : "(null)";
    }
}
