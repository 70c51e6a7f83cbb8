// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.impair;

import java.util.Optional;

/** A behaviour that can be impaired. In the order of the listings. */
public enum Impairment {
    /** Keys of peers are taken out of the DNS even if DNSSEC does not vouch for them. */
    ALLOW_DNS_INSECURE("allow-dns-insecure"),
    /** Answers to IKE_AUTH say that they are of another exchange. */
    BAD_IKEV2_AUTH_XCHG("bad-ikev2-auth-xchg"),
    /** The second message of an initiator of Main Mode is longer than any network takes. */
    BUST_MI2("bust-mi2"),
    /** The second answer of Main Mode is longer than any network takes. */
    BUST_MR2("bust-mr2"),
    /** Key lengths in proposals for Child SAs are left out, empty, doubled or that number. */
    CHILD_KEY_LENGTH_ATTRIBUTE("child-key-length-attribute"),
    /** The first encrypted octet of messages that come in is another. */
    CORRUPT_ENCRYPTED("corrupt-encrypted"),
    /** The first repetition of a request ends its IKE SA. */
    DELETE_ON_RETRANSMIT("delete-on-retransmit"),
    /** An XAUTH client takes no request for name and password. */
    DROP_XAUTH_R0("drop-xauth-r0"),
    /** An initiator of IKEv1 does not go on after the first answer. */
    DROP_I2("drop-i2"),
    /** What is sent is not checked; only key lengths of a form that nobody knows say so. */
    EMITTING("emitting"),
    /** The SPIs of IKE SAs that we begin are that number. */
    IKE_INITIATOR_SPI("ike-initiator-spi"),
    /** Key lengths in proposals for IKE SAs are left out, empty, doubled or that number. */
    IKE_KEY_LENGTH_ATTRIBUTE("ike-key-length-attribute"),
    /** The SPIs of IKE SAs that peers begin are that number. */
    IKE_RESPONDER_SPI("ike-responder-spi"),
    /** A notification that means nothing comes after each delete of an IPsec SA of IKEv1. */
    IKEV1_DEL_WITH_NOTIFY("ikev1-del-with-notify"),
    /** Integrity transforms of proposals: NONE is sent or left out whatever comes beside it, or none is sent. */
    V2_PROPOSAL_INTEG("v2-proposal-integ"),
    /** Diffie-Hellman transforms of proposals: NONE is sent or left out whatever comes beside it, or none is sent. */
    V2_PROPOSAL_DH("v2-proposal-dh"),
    /** The first proposal for IKE SAs has one more transform: its type in the upper 16 bits of the number, its ID below. */
    IKEV2_ADD_IKE_TRANSFORM("ikev2-add-ike-transform"),
    /** As {@link #IKEV2_ADD_IKE_TRANSFORM}, for Child SAs. */
    IKEV2_ADD_CHILD_TRANSFORM("ikev2-add-child-transform"),
    /** Every message is sent twice. */
    JACOB_TWO_TWO("jacob-two-two"),
    /** The public value is left out, empty, or that octet over and over. */
    KE_PAYLOAD("ke-payload"),
    /** Messages are of IKE version 3.x. */
    MAJOR_VERSION_BUMP("major-version-bump"),
    /** Messages are of IKE version 2.1. */
    MINOR_VERSION_BUMP("minor-version-bump"),
    /** Peers are not told that an IKE SA may do without a Child SA. */
    CHILDLESS_IKEV2_SUPPORTED("childless-ikev2-supported"),
    /** The hashes that the peer takes signatures with are not looked at. */
    IGNORE_V2N_SIGNATURE_HASH_ALGORITHMS("ignore-v2n-signature-hash-algorithms"),
    /** Peers are not told the hashes that we take signatures with. */
    OMIT_V2N_SIGNATURE_HASH_ALGORITHMS("omit-v2n-signature-hash-algorithms"),
    /** We ask for successors of Child SAs that take all packets. */
    REKEY_INITIATE_SUPERNET("rekey-initiate-supernet"),
    /** We ask for successors of Child SAs that take packets of one address. */
    REKEY_INITIATE_SUBNET("rekey-initiate-subnet"),
    /** We grant successors of Child SAs that take all packets. */
    REKEY_RESPOND_SUPERNET("rekey-respond-supernet"),
    /** We grant successors of Child SAs that take packets of one address. */
    REKEY_RESPOND_SUBNET("rekey-respond-subnet"),
    /** With every message all earlier ones come again, the last first. */
    REPLAY_BACKWARD("replay-backward"),
    /** Every message is processed twice. */
    REPLAY_DUPLICATES("replay-duplicates"),
    /** Every encrypted message is processed again once it was. */
    REPLAY_ENCRYPTED("replay-encrypted"),
    /** With every message all earlier ones come again, the first first. */
    REPLAY_FORWARD("replay-forward"),
    /** What is to stay up is not revived. */
    REVIVAL("revival"),
    /** IKE_SA_INIT requests have a cookie that nobody gave. */
    SEND_BOGUS_DCOOKIE("send-bogus-dcookie"),
    /** Messages have a reserved flag. */
    SEND_BOGUS_ISAKMP_FLAG("send-bogus-isakmp-flag"),
    /** Payloads have a reserved flag. */
    SEND_BOGUS_PAYLOAD_FLAG("send-bogus-payload-flag"),
    /** Key lengths of {@code ike=} and {@code esp=} may be any. */
    SEND_KEY_SIZE_CHECK("send-key-size-check"),
    /** Peers are not told that an SA ends. */
    SEND_NO_DELETE("send-no-delete"),
    /** The second answer of Main Mode is made, but not sent at first. */
    SEND_NO_MAIN_R2("send-no-main-r2"),
    /** IKE_AUTH is neither asked nor answered. */
    SEND_NO_IKEV2_AUTH("send-no-ikev2-auth"),
    /** An XAUTH server does not ask for name and password. */
    SEND_NO_XAUTH_R0("send-no-xauth-r0"),
    /** The initiator does not say whom it believes to talk to. */
    SEND_NO_IDR("send-no-idr"),
    /** By IKEv1, certificates are sent in a PKCS #7 structure. */
    SEND_PKCS7_THINGIE("send-pkcs7-thingie"),
    /** Requests are not repeated; their time-out stays. */
    SUPPRESS_RETRANSMITS("suppress-retransmits"),
    /** The first repetition of a request is its time-out. */
    TIMEOUT_ON_RETRANSMIT("timeout-on-retransmit"),
    /** The hashes in front of IKEv1's messages are not looked at. */
    V1_HASH_CHECK("v1-hash-check"),
    /** The exchange of IKEv1 whose hashes are as {@link #V1_HASH_PAYLOAD} says. */
    V1_HASH_EXCHANGE("v1-hash-exchange"),
    /** Hashes of IKEv1's messages are left out, empty, or that octet over and over. */
    V1_HASH_PAYLOAD("v1-hash-payload"),
    /** The kernel is not told that TCP streams carry IKE and ESP: messages are neither measured nor marked off. */
    TCP_SKIP_SETSOCKOPT_ESPINTCP("tcp-skip-setsockopt-espintcp"),
    /** An exchange whose messages get a payload of unknown type among those that are not encrypted. */
    ADD_UNKNOWN_V2_PAYLOAD_TO("add-unknown-v2-payload-to"),
    /** An exchange whose messages get a payload of unknown type among those that are encrypted. */
    ADD_UNKNOWN_V2_PAYLOAD_TO_SK("add-unknown-v2-payload-to-sk"),
    /** Payloads of unknown type are critical. */
    UNKNOWN_V2_PAYLOAD_CRITICAL("unknown-v2-payload-critical"),
    /** Child SAs that have carried nearly as much as they may are left alone. */
    IGNORE_SOFT_EXPIRE("ignore-soft-expire"),
    /** Child SAs that have carried all they may are left alone. */
    IGNORE_HARD_EXPIRE("ignore-hard-expire"),
    /** We prove our identity by that method. */
    FORCE_V2_AUTH_METHOD("force-v2-auth-method"),
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
