// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

import java.util.Arrays;
import java.util.Optional;

/** Kinds of identity: RFC 7296 §3.5 and RFC 7619, and two that only a configuration has. */
public enum IdType {
    FROMCERT(-1, "%fromcert"),
    NONE(0, "%none"),
    IPV4_ADDR(1, "ID_IPV4_ADDR"),
    FQDN(2, "ID_FQDN"),
    USER_FQDN(3, "ID_USER_FQDN"),
    IPV6_ADDR(5, "ID_IPV6_ADDR"),
    DER_ASN1_DN(9, "ID_DER_ASN1_DN"),
    KEY_ID(11, "ID_KEY_ID"),
    NULL(13, "ID_NULL");

    /** Names of the numbers that can be in a payload, from 0 up; those without a constant above are not supported. */
    private static final String[] WIRE_NAMES = {
        "%none",
        "ID_IPV4_ADDR",
        "ID_FQDN",
        "ID_USER_FQDN",
        "ID_IPV4_ADDR_SUBNET",
        "ID_IPV6_ADDR",
        "ID_IPV6_ADDR_SUBNET",
        "ID_IPV4_ADDR_RANGE",
        "ID_IPV6_ADDR_RANGE",
        "ID_DER_ASN1_DN",
        "ID_DER_ASN1_GN",
        "ID_KEY_ID",
        "ID_FC_NAME",
        "ID_NULL",
    };

    private final int number;
    private final String label;

    IdType(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number in an ID payload, 1 to 255; 0 and -1 never leave the configuration. */
    public int number() {
        return number;
    }

    /** The name in log lines, {@code ID_FQDN}. */
    public String label() {
        return label;
    }

    /** The kind a payload's number means; none for those we do not take from a peer. */
    public static Optional<IdType> ofWire(int number) {
        return Arrays.stream(values())
                .filter(t -> t.number == number && number > 0)
                .findFirst();
    }

    /** The name of any number of a payload, {@code 42??} if it has none. */
    public static String label(int number) {
        return number >= 0 && number < WIRE_NAMES.length ? WIRE_NAMES[number] : number + "??";
    }
}
