// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.util.Optional;
import org.jswan.wire.WireAttribute;
import org.jswan.wire.v1.ProtocolId;

/** What IKEv1's numbers are called in logs, but for those of algorithms that have names as {@link TransformNames}. */
final class Ikev1Names {
    static final NumberTable OAKLEY_AUTH = new NumberTable("")
            .from(
                    1,
                    "OAKLEY_PRESHARED_KEY",
                    "OAKLEY_DSS_SIG",
                    "OAKLEY_RSA_SIG",
                    "OAKLEY_RSA_ENC",
                    "OAKLEY_RSA_REVISED_MODE",
                    "OAKLEY_RESERVED_6",
                    "OAKLEY_RESERVED_7",
                    "OAKLEY_RESERVED_8",
                    "OAKLEY_ECDSA_P256",
                    "OAKLEY_ECDSA_P384",
                    "OAKLEY_ECDSA_P521")
            .from(64221, "HybridInitRSA", "HybridRespRSA", "HybridInitDSS", "HybridRespDSS")
            .from(
                    65001,
                    "XAUTHInitPreShared",
                    "XAUTHRespPreShared",
                    "XAUTHInitDSS",
                    "XAUTHRespDSS",
                    "XAUTHInitRSA",
                    "XAUTHRespRSA",
                    "XAUTHInitRSAEncryption",
                    "XAUTHRespRSAEncryption",
                    "XAUTHInitRSARevisedEncryption",
                    "XAUTHRespRSARevisedEncryption");

    static final NumberTable OAKLEY_LIFE = new NumberTable("OAKLEY_LIFE_").from(1, "SECONDS", "KILOBYTES");
    static final NumberTable IPSEC_LIFE = new NumberTable("SA_LIFE_TYPE_").from(1, "SECONDS", "KBYTES");

    /** Transform IDs of AH. */
    static final NumberTable AH = new NumberTable("AH_")
            .from(
                    2,
                    "MD5",
                    "SHA",
                    "DES(UNUSED)",
                    "SHA2_256",
                    "SHA2_384",
                    "SHA2_512",
                    "RIPEMD",
                    "AES_XCBC_MAC",
                    "RSA(UNUSED)",
                    "AES_128_GMAC",
                    "AES_192_GMAC",
                    "AES_256_GMAC")
            .from(250, "AES_CMAC_96", "NULL", "SHA2_256_TRUNC");

    private static final NumberTable COMPRESSION =
            new NumberTable("IPCOMP_").from(0, "NONE", "OUI", "DEFLATE", "LZS", "LZJH");

    private static final NumberTable ENCAPSULATION = new NumberTable("ENCAPSULATION_MODE_")
            .from(1, "TUNNEL", "TRANSPORT", "UDP_TUNNEL_RFC", "UDP_TRANSPORT_RFC")
            .from(61443, "UDP_TUNNEL_DRAFTS", "UDP_TRANSPORT_DRAFTS");

    private static final int KEY_IKE = 1;

    private static final NumberTable OAKLEY = new NumberTable("OAKLEY_")
            .from(
                    1,
                    "ENCRYPTION_ALGORITHM",
                    "HASH_ALGORITHM",
                    "AUTHENTICATION_METHOD",
                    "GROUP_DESCRIPTION",
                    "GROUP_TYPE",
                    "GROUP_PRIME",
                    "GROUP_GENERATOR_ONE",
                    "GROUP_GENERATOR_TWO",
                    "GROUP_CURVE_A",
                    "GROUP_CURVE_B",
                    "LIFE_TYPE",
                    "LIFE_DURATION",
                    "PRF",
                    "KEY_LENGTH",
                    "FIELD_SIZE",
                    "GROUP_ORDER");

    private static final NumberTable IPSEC = new NumberTable("")
            .from(
                    1,
                    "SA_LIFE_TYPE",
                    "SA_LIFE_DURATION",
                    "GROUP_DESCRIPTION",
                    "ENCAPSULATION_MODE",
                    "AUTH_ALGORITHM",
                    "KEY_LENGTH",
                    "KEY_ROUNDS",
                    "COMPRESS_DICT_SIZE",
                    "COMPRESS_PRIVATE_ALG",
                    "ECN_TUNNEL or old SECCTX",
                    "ESN_64BIT_SEQNUM",
                    "IKEv1_IPSEC_ATTR_UNSPEC_12",
                    "SIG_ENC_ALGO_VAL",
                    "ADDRESS_PRESERVATION",
                    "SA_DIRECTION")
            .from(Ikev1Attribute.SECCTX, "SECCTX");

    private static final int OLD_SECCTX = 10;

    private Ikev1Names() {}

    /** What an attribute of phase 1 is called. */
    static String oakley(WireAttribute attribute) {
        return OAKLEY.longName(attribute.type()) + remark(attribute);
    }

    /** What an attribute of phase 2 is called. */
    static String ipsec(WireAttribute attribute) {
        if (!attribute.fixed() && attribute.type() == OLD_SECCTX) {
            return "NULL";
        }
        return IPSEC.longName(attribute.type()) + (attribute.type() == Ikev1Attribute.SECCTX ? "" : remark(attribute));
    }

    /** The encryption attribute of phase 1. */
    static String oakleyEncr(int id) {
        boolean unused = (id >= 9 && id <= 12) || id == 17 || (id >= 21 && id <= 23);
        return unused ? "UNUSED_" + id : TransformNames.OAKLEY_ENCR.longName(id);
    }

    /** A transform's ID. */
    static String transform(int protocol, int id) {
        return switch (protocol) {
            case ProtocolId.ISAKMP -> id == KEY_IKE ? "KEY_IKE" : id + "??";
            case ProtocolId.AH -> AH.longName(id);
            case ProtocolId.ESP -> TransformNames.ESP_ENCR.longName(id);
            default -> COMPRESSION.longName(id);
        };
    }

    /** What the value of an attribute of phase 1 means, if it is no quantity. */
    static Optional<String> oakleyValue(int type, int value) {
        return switch (type) {
            case Ikev1Attribute.OAKLEY_ENCRYPTION_ALGORITHM -> Optional.of(oakleyEncr(value));
            case Ikev1Attribute.OAKLEY_HASH_ALGORITHM -> Optional.of(TransformNames.OAKLEY_HASH.longName(value));
            case Ikev1Attribute.OAKLEY_AUTHENTICATION_METHOD -> Optional.of(OAKLEY_AUTH.longName(value));
            case Ikev1Attribute.OAKLEY_GROUP_DESCRIPTION -> Optional.of(TransformNames.GROUP.longName(value));
            case Ikev1Attribute.OAKLEY_LIFE_TYPE -> Optional.of(OAKLEY_LIFE.longName(value));
            default -> Optional.empty();
        };
    }

    /** The same for phase 2. */
    static Optional<String> ipsecValue(int type, int value) {
        return switch (type) {
            case Ikev1Attribute.SA_LIFE_TYPE -> Optional.of(IPSEC_LIFE.longName(value));
            case Ikev1Attribute.GROUP_DESCRIPTION -> Optional.of(TransformNames.GROUP.longName(value));
            case Ikev1Attribute.ENCAPSULATION_MODE -> Optional.of(ENCAPSULATION.longName(value));
            case Ikev1Attribute.AUTH_ALGORITHM -> Optional.of(TransformNames.ESP_INTEG.longName(value));
            default -> Optional.empty();
        };
    }

    private static String remark(WireAttribute attribute) {
        return attribute.fixed() ? "" : " (variable length)";
    }
}
