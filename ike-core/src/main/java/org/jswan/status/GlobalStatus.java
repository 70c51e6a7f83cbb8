// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.State;
import org.jswan.sa.State.Category;
import org.jswan.sa.Statistics;
import org.jswan.sa.V1State;
import org.jswan.sa.V2State;

/**
 * The lines of {@code --globalstatus}: how many SAs there are in which state, and what happened so far. Names and order
 * are libreswan's; what this daemon never counts is 0.
 */
public final class GlobalStatus {
    /** What stands before the algorithms. */
    private static final List<String> FIRST =
            words("ipsec.type.all ipsec.type.esp ipsec.type.ah ipsec.type.ipcomp ipsec.type.esn "
                    + "ipsec.type.tfc ipsec.type.encap ipsec.type.non_encap ipsec.traffic.in ipsec.traffic.out "
                    + "ike.ikev2.established ike.ikev2.failed ike.ikev2.completed ike.ikev2.redirect.completed "
                    + "ike.ikev2.redirect.failed ike.ikev1.established ike.ikev1.failed ike.ikev1.completed "
                    + "ikev1.isakmp.started ikev1.isakmp.established ikev1.isakmp.finished ikev1.ipsec.started "
                    + "ikev1.ipsec.established ikev1.ipsec.finished ikev2.ike.started ikev2.ike.established "
                    + "ikev2.ike.finished ikev2.child.started ikev2.child.established ikev2.child.finished "
                    + "ike.dpd.sent ike.dpd.recv ike.dpd.replied ike.traffic.in ike.traffic.out pamauth.started "
                    + "pamauth.stopped pamauth.aborted iketcp.client.started iketcp.client.stopped "
                    + "iketcp.client.aborted iketcp.server.started iketcp.server.stopped iketcp.server.aborted");

    /** Of ISAKMP SAs. */
    private static final List<String> V1_CIPHERS =
            words("3DES_CBC CAST_CBC AES_CBC CAMELLIA_CBC AES_CTR AES_CCM_A AES_CCM_B AES_CCM_16 AES_GCM_A "
                    + "AES_GCM_B AES_GCM_C CAMELLIA_CTR CAMELLIA_CCM_A CAMELLIA_CCM_B CAMELLIA_CCM_C");

    /** Of ISAKMP SAs. */
    private static final List<String> V1_HASHES = words("MD5 SHA1 SHA2_256 SHA2_384 SHA2_512");

    /** Of IKE SAs. */
    private static final List<String> V2_CIPHERS =
            words("3DES CAST NULL AES_CBC AES_CTR AES_CCM_A AES_CCM_B AES_CCM_C AES_GCM_A AES_GCM_B "
                    + "AES_GCM_C NULL_AUTH_AES_GMAC CAMELLIA_CBC CAMELLIA_CTR CAMELLIA_CCM_A CAMELLIA_CCM_B "
                    + "CAMELLIA_CCM_C CHACHA20_POLY1305");

    /** Of IKE SAs. */
    private static final List<String> V2_INTEGRITY =
            words("HMAC_MD5_96 HMAC_SHA1_96 AES_XCBC_96 HMAC_MD5_128 HMAC_SHA1_160 AES_CMAC_96 AES_128_GMAC "
                    + "AES_192_GMAC AES_256_GMAC HMAC_SHA2_256_128 HMAC_SHA2_384_192 HMAC_SHA2_512_256");

    /** Diffie-Hellman groups. */
    private static final List<String> GROUPS =
            words("MODP768 MODP1024 MODP1536 MODP2048 MODP3072 MODP4096 MODP6144 MODP8192 ECP_256 ECP_384 "
                    + "ECP_521 DH22 DH23 DH24 ECP_192 ECP_224 BRAINPOOL_P224R1 BRAINPOOL_P256R1 "
                    + "BRAINPOOL_P384R1 BRAINPOOL_P512R1 CURVE25519 CURVE448");

    /** Of IPsec SAs by IKEv1. */
    private static final List<String> V1_IPSEC_CIPHERS =
            words("AES_CCM_16 AES_CCM_12 AES_CCM_8 3DES_CBC CAMELLIA_CBC AES_GCM_16 AES_GCM_12 AES_GCM_8 "
                    + "AES_CTR AES_CBC NULL_AUTH_AES_GMAC NULL");

    /** Of IPsec SAs by IKEv1. */
    private static final List<String> V1_IPSEC_INTEGRITY = words(
            "HMAC_MD5_96 HMAC_SHA1_96 HMAC_SHA2_512_256 HMAC_SHA2_384_192 HMAC_SHA2_256_128 " + "AES_XCBC_96 NONE");

    /** Of Child SAs. */
    private static final List<String> IPSEC_CIPHERS =
            words("AES_CCM_16 AES_CCM_12 AES_CCM_8 3DES_CBC CAMELLIA_CTR CAMELLIA_CBC AES_GCM_16 AES_GCM_12 "
                    + "AES_GCM_8 AES_CTR AES_CBC NULL_AUTH_AES_GMAC NULL CHACHA20_POLY1305");

    /** Of Child SAs. */
    private static final List<String> IPSEC_INTEGRITY =
            words("HMAC_MD5_96 HMAC_SHA1_96 HMAC_SHA2_512_256 HMAC_SHA2_384_192 HMAC_SHA2_256_128 "
                    + "AES_XCBC_96 AES_CMAC_96 NONE");

    /** Notifications of errors in IKEv1. */
    private static final List<String> V1_ERRORS =
            words("INVALID_PAYLOAD_TYPE DOI_NOT_SUPPORTED SITUATION_NOT_SUPPORTED INVALID_COOKIE "
                    + "INVALID_MAJOR_VERSION INVALID_MINOR_VERSION INVALID_EXCHANGE_TYPE INVALID_FLAGS "
                    + "INVALID_MESSAGE_ID INVALID_PROTOCOL_ID INVALID_SPI INVALID_TRANSFORM_ID "
                    + "ATTRIBUTES_NOT_SUPPORTED NO_PROPOSAL_CHOSEN BAD_PROPOSAL_SYNTAX PAYLOAD_MALFORMED "
                    + "INVALID_KEY_INFORMATION INVALID_ID_INFORMATION INVALID_CERT_ENCODING INVALID_CERTIFICATE "
                    + "CERT_TYPE_UNSUPPORTED INVALID_CERT_AUTHORITY INVALID_HASH_INFORMATION "
                    + "AUTHENTICATION_FAILED INVALID_SIGNATURE ADDRESS_NOTIFICATION NOTIFY_SA_LIFETIME "
                    + "CERTIFICATE_UNAVAILABLE UNSUPPORTED_EXCHANGE_TYPE UNEQUAL_PAYLOAD_LENGTHS");

    /** How transitions ended. */
    private static final List<String> OUTCOMES = words("STF_OK STF_INTERNAL_ERROR STF_V2_RESPONDER_DELETE_IKE_FAMILY "
            + "STF_V2_INITIATOR_DELETE_IKE_FAMILY STF_FATAL STF_FAIL_v1N");

    /** Notifications of errors. */
    private static final List<String> ERRORS =
            words("UNSUPPORTED_CRITICAL_PAYLOAD INVALID_IKE_SPI INVALID_MAJOR_VERSION INVALID_SYNTAX "
                    + "INVALID_MESSAGE_ID INVALID_SPI NO_PROPOSAL_CHOSEN INVALID_KE_PAYLOAD "
                    + "AUTHENTICATION_FAILED SINGLE_PAIR_REQUIRED NO_ADDITIONAL_SAS INTERNAL_ADDRESS_FAILURE "
                    + "FAILED_CP_REQUIRED TS_UNACCEPTABLE INVALID_SELECTORS UNACCEPTABLE_ADDRESSES "
                    + "UNEXPECTED_NAT_DETECTED USE_ASSIGNED_HoA TEMPORARY_FAILURE CHILD_SA_NOT_FOUND "
                    + "INVALID_GROUP_ID AUTHORIZATION_FAILED other");

    /** Notifications that are no errors. */
    private static final List<String> STATUSES =
            words("INITIAL_CONTACT SET_WINDOW_SIZE ADDITIONAL_TS_POSSIBLE IPCOMP_SUPPORTED "
                    + "NAT_DETECTION_SOURCE_IP NAT_DETECTION_DESTINATION_IP COOKIE USE_TRANSPORT_MODE "
                    + "HTTP_CERT_LOOKUP_SUPPORTED REKEY_SA ESP_TFC_PADDING_NOT_SUPPORTED "
                    + "NON_FIRST_FRAGMENTS_ALSO MOBIKE_SUPPORTED ADDITIONAL_IP4_ADDRESS ADDITIONAL_IP6_ADDRESS "
                    + "NO_ADDITIONAL_ADDRESSES UPDATE_SA_ADDRESSES COOKIE2 NO_NATS_ALLOWED AUTH_LIFETIME "
                    + "MULTIPLE_AUTH_SUPPORTED ANOTHER_AUTH_FOLLOWS REDIRECT_SUPPORTED REDIRECT REDIRECTED_FROM "
                    + "TICKET_LT_OPAQUE TICKET_REQUEST TICKET_ACK TICKET_NACK TICKET_OPAQUE LINK_ID "
                    + "USE_WESP_MODE ROHC_SUPPORTED EAP_ONLY_AUTHENTICATION CHILDLESS_IKEV2_SUPPORTED "
                    + "QUICK_CRASH_DETECTION IKEV2_MESSAGE_ID_SYNC_SUPPORTED "
                    + "IPSEC_REPLAY_COUNTER_SYNC_SUPPORTED IKEV2_MESSAGE_ID_SYNC IPSEC_REPLAY_COUNTER_SYNC "
                    + "SECURE_PASSWORD_METHODS PSK_PERSIST PSK_CONFIRM ERX_SUPPORTED IFOM_CAPABILITY "
                    + "SENDER_REQUEST_ID IKEV2_FRAGMENTATION_SUPPORTED SIGNATURE_HASH_ALGORITHMS "
                    + "CLONE_IKE_SA_SUPPORTED CLONE_IKE_SA PUZZLE USE_PPK PPK_IDENTITY NO_PPK_AUTH "
                    + "INTERMEDIATE_EXCHANGE_SUPPORTED other");

    /** Totals that are shown only if they are not 0: how SAs of a kind ended. */
    private static final Set<String> WITH_REASONS =
            Set.of("ikev1.isakmp.finished", "ikev1.ipsec.finished", "ikev2.ike.finished", "ikev2.child.finished");

    private final SaDatabase sas;

    public GlobalStatus(SaDatabase sas) {
        this.sas = sas;
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /**
     * All lines.
     *
     * @param cookiesFrom half-open IKE SAs from which on cookies are demanded
     * @param refuseFrom half-open IKE SAs from which on no more are taken
     */
    public List<String> lines(long cookiesFrom, long refuseFrom) {
        List<String> lines = new ArrayList<>();
        lines.add("config.setup.ike.ddos_threshold=" + cookiesFrom);
        lines.add("config.setup.ike.max_halfopen=" + refuseFrom);
        current().forEach((name, count) -> lines.add("current.states." + name + "=" + count));
        Map<State, Long> states = states();
        Stream.<State>concat(Arrays.stream(V1State.values()), Arrays.stream(V2State.values()))
                .forEach(state -> lines.add(
                        "current.states.enumerate." + state.fullName() + "=" + states.getOrDefault(state, 0L)));
        Statistics statistics = sas.statistics();
        for (String name : totals()) {
            if (WITH_REASONS.contains(name)) {
                for (Statistics.End end : Statistics.End.values()) {
                    long count = statistics.total(name + "." + end);
                    if (count > 0) {
                        lines.add("total." + name + "." + end + "=" + count);
                    }
                }
            }
            lines.add("total." + name + "=" + statistics.total(name));
        }
        return lines;
    }

    private Map<String, Integer> current() {
        int halfOpen = sas.count(Category.HALF_OPEN);
        int open = sas.count(Category.OPEN);
        int established = sas.count(Category.ESTABLISHED_IKE);
        int children = sas.count(Category.ESTABLISHED_CHILD);
        int anonymous = anonymous();
        Map<String, Integer> current = new LinkedHashMap<>();
        current.put("all", halfOpen + open + established + children);
        current.put("ipsec", children);
        current.put("ike", halfOpen + open + established);
        current.put("shunts", 0);
        current.put("iketype.anonymous", anonymous);
        current.put("iketype.authenticated", established - anonymous);
        current.put("iketype.halfopen", halfOpen);
        current.put("iketype.open", open);
        return current;
    }

    private int anonymous() {
        int count = 0;
        for (Sa sa : sas.all()) {
            IkeSa ike = sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
            if (sa.state().category() == Category.ESTABLISHED_IKE && ike.isPeerAnonymous()) {
                count++;
            }
        }
        return count;
    }

    private Map<State, Long> states() {
        return sas.all().stream().collect(Collectors.groupingBy(Sa::state, Collectors.counting()));
    }

    private static List<String> totals() {
        List<String> names = new ArrayList<>(FIRST);
        add(names, "ikev1.encr", V1_CIPHERS);
        add(names, "ikev1.integ", V1_HASHES);
        add(names, "ikev1.group", GROUPS);
        add(names, "ikev2.encr", V2_CIPHERS);
        add(names, "ikev2.integ", V2_INTEGRITY);
        add(names, "ikev2.group", GROUPS);
        for (String direction : List.of("recv", "sent")) {
            add(names, "ikev2." + direction + ".invalidke.using", GROUPS);
            add(names, "ikev2." + direction + ".invalidke.suggesting", GROUPS);
        }
        add(names, "ikev1.ipsec.encr", V1_IPSEC_CIPHERS);
        add(names, "ikev1.ipsec.integ", V1_IPSEC_INTEGRITY);
        add(names, "ikev2.ipsec.encr", IPSEC_CIPHERS);
        add(names, "ikev2.ipsec.integ", IPSEC_INTEGRITY);
        add(names, "ikev1.sent.notifies.error", V1_ERRORS);
        add(names, "ikev1.recv.notifies.error", V1_ERRORS);
        add(names, "total.pluto.stf", OUTCOMES);
        add(names, "ikev2.sent.notifies.error", ERRORS);
        add(names, "ikev2.recv.notifies.error", ERRORS);
        add(names, "ikev2.sent.notifies.status", STATUSES);
        add(names, "ikev2.recv.notifies.status", STATUSES);
        return names;
    }

    private static void add(List<String> names, String kind, List<String> more) {
        more.forEach(name -> names.add(kind + "." + name));
    }
}
