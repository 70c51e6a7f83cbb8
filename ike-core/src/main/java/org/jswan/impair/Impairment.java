// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.Optional;

/** A behaviour that can be impaired. In the order of the listings. */
public enum Impairment {
    /** An exchange whose messages get a payload of unknown type among those that are not encrypted. */
    ADD_UNKNOWN_V2_PAYLOAD_TO("add-unknown-v2-payload-to"),
    /** An exchange whose messages get a payload of unknown type among those that are encrypted. */
    ADD_UNKNOWN_V2_PAYLOAD_TO_SK("add-unknown-v2-payload-to-sk"),
    /** Keys of peers are taken out of the DNS even if DNSSEC does not vouch for them. */
    ALLOW_DNS_INSECURE("allow-dns-insecure"),
    /** The first repetition of a request ends its IKE SA. */
    DELETE_ON_RETRANSMIT("delete-on-retransmit"),
    /** The public value is left out, empty, or that octet over and over. */
    KE_PAYLOAD("ke-payload"),
    /** Messages are of IKE version 3.x. */
    MAJOR_VERSION_BUMP("major-version-bump"),
    /** Messages are of IKE version 2.1. */
    MINOR_VERSION_BUMP("minor-version-bump"),
    /** Every message is processed twice. */
    REPLAY_DUPLICATES("replay-duplicates"),
    /** What is to stay up is not revived. */
    REVIVAL("revival"),
    /** IKE_SA_INIT requests have a cookie that nobody gave. */
    SEND_BOGUS_DCOOKIE("send-bogus-dcookie"),
    /** Messages have a reserved flag. */
    SEND_BOGUS_ISAKMP_FLAG("send-bogus-isakmp-flag"),
    /** Peers are not told that an SA ends. */
    SEND_NO_DELETE("send-no-delete"),
    /** IKE_AUTH is neither asked nor answered. */
    SEND_NO_IKEV2_AUTH("send-no-ikev2-auth"),
    /** Requests are not repeated; their time-out stays. */
    SUPPRESS_RETRANSMITS("suppress-retransmits"),
    /** The kernel is not told that TCP streams carry IKE and ESP: messages are neither measured nor marked off. */
    TCP_SKIP_SETSOCKOPT_ESPINTCP("tcp-skip-setsockopt-espintcp"),
    /** The first repetition of a request is its time-out. */
    TIMEOUT_ON_RETRANSMIT("timeout-on-retransmit"),
    /** Payloads of unknown type are critical. */
    UNKNOWN_V2_PAYLOAD_CRITICAL("unknown-v2-payload-critical"),
    /** IKE_AUTH is without a Child SA. */
    OMIT_V2_IKE_AUTH_CHILD("omit-v2-ike-auth-child");

    private final String text;

    Impairment(String text) {
        this.text = text;
    }

    /** The one with exactly this name; empty also for those of libreswan that have no meaning here yet. */
    public static Optional<Impairment> named(String name) {
        for (Impairment each : values()) {
            if (each.text.equals(name)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
