// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

/**
 * What numbers of algorithms are called, those that this daemon lacks too: so a peer's proposal can be logged, and an
 * algorithm that is not supported told from one that does not exist.
 */
final class TransformNames {
    static final NumberTable ENCR = new NumberTable("")
            .from(
                    1,
                    "DES_IV64(UNUSED)",
                    "DES(UNUSED)",
                    "3DES",
                    "RC5(UNUSED)",
                    "IDEA(UNUSED)",
                    "CAST",
                    "BLOWFISH(UNUSED)",
                    "3IDEA(UNUSED)",
                    "DES_IV32(UNUSED)",
                    "RES10(UNUSED)",
                    "NULL",
                    "AES_CBC",
                    "AES_CTR",
                    "AES_CCM_A",
                    "AES_CCM_B",
                    "AES_CCM_C",
                    "UNASSIGNED(UNUSED)",
                    "AES_GCM_A",
                    "AES_GCM_B",
                    "AES_GCM_C",
                    "NULL_AUTH_AES_GMAC",
                    "RESERVED_FOR_IEEE_P1619_XTS_AES(UNUSED)",
                    "CAMELLIA_CBC",
                    "CAMELLIA_CTR",
                    "CAMELLIA_CCM_A",
                    "CAMELLIA_CCM_B",
                    "CAMELLIA_CCM_C",
                    "CHACHA20_POLY1305")
            .from(65004, "SERPENT_CBC", "TWOFISH_CBC")
            .from(65289, "TWOFISH_CBC_SSH");

    static final NumberTable PRF = new NumberTable("PRF_")
            .from(
                    1,
                    "HMAC_MD5",
                    "HMAC_SHA1",
                    "HMAC_TIGER",
                    "AES128_XCBC",
                    "HMAC_SHA2_256",
                    "HMAC_SHA2_384",
                    "HMAC_SHA2_512",
                    "AES128_CMAC");

    static final NumberTable INTEG = new NumberTable("AUTH_")
            .from(
                    0,
                    "NONE",
                    "HMAC_MD5_96",
                    "HMAC_SHA1_96",
                    "DES_MAC(UNUSED)",
                    "KPDK_MD5(UNUSED)",
                    "AES_XCBC_96",
                    "HMAC_MD5_128",
                    "HMAC_SHA1_160",
                    "AES_CMAC_96",
                    "AES_128_GMAC",
                    "AES_192_GMAC",
                    "AES_256_GMAC",
                    "HMAC_SHA2_256_128",
                    "HMAC_SHA2_384_192",
                    "HMAC_SHA2_512_256");

    static final NumberTable GROUP = new NumberTable("OAKLEY_GROUP_")
            .from(
                    0,
                    "NONE",
                    "MODP768",
                    "MODP1024",
                    "GP155(UNUSED)",
                    "GP185(UNUSED)",
                    "MODP1536",
                    "EC2N_2_1(UNUSED)",
                    "EC2N_2_2(UNUSED)",
                    "EC2N_2_3(UNUSED)",
                    "EC2N_2_4(UNUSED)",
                    "EC2N_2_5(UNUSED)",
                    "EC2N_2_6(UNUSED)",
                    "EC2N_2_7(UNUSED)",
                    "EC2N_2_8(UNUSED)",
                    "MODP2048",
                    "MODP3072",
                    "MODP4096",
                    "MODP6144",
                    "MODP8192",
                    "ECP_256",
                    "ECP_384",
                    "ECP_521",
                    "DH22",
                    "DH23",
                    "DH24",
                    "ECP_192",
                    "ECP_224",
                    "BRAINPOOL_P224R1",
                    "BRAINPOOL_P256R1",
                    "BRAINPOOL_P384R1",
                    "BRAINPOOL_P512R1",
                    "CURVE25519",
                    "CURVE448");

    static final NumberTable ESN = new NumberTable("ESN_").from(0, "DISABLED", "ENABLED");

    /** IKEv1's encryption attribute of phase 1. */
    static final NumberTable OAKLEY_ENCR = new NumberTable("OAKLEY_")
            .from(
                    1,
                    "DES_CBC(UNUSED)",
                    "IDEA_CBC(UNUSED)",
                    "BLOWFISH_CBC(UNUSED)",
                    "RC5_R16_B64_CBC(UNUSED)",
                    "3DES_CBC",
                    "CAST_CBC",
                    "AES_CBC",
                    "CAMELLIA_CBC")
            .from(13, "AES_CTR", "AES_CCM_A", "AES_CCM_B", "AES_CCM_16")
            .from(18, "AES_GCM_A", "AES_GCM_B", "AES_GCM_C")
            .from(24, "CAMELLIA_CTR", "CAMELLIA_CCM_A", "CAMELLIA_CCM_B", "CAMELLIA_CCM_C")
            .from(65001, "MARS_CBC", "RC6_CBC", "ID_65003", "SERPENT_CBC", "TWOFISH_CBC")
            .from(65289, "TWOFISH_CBC_SSH");

    /** IKEv1's hash attribute of phase 1. */
    static final NumberTable OAKLEY_HASH =
            new NumberTable("OAKLEY_").from(1, "MD5", "SHA1", "TIGER(UNUSED)", "SHA2_256", "SHA2_384", "SHA2_512");

    /** IKEv1's transform IDs of ESP. */
    static final NumberTable ESP_ENCR = new NumberTable("ESP_")
            .from(
                    1,
                    "DES_IV64(UNUSED)",
                    "DES(UNUSED)",
                    "3DES",
                    "RC5(UNUSED)",
                    "IDEA(UNUSED)",
                    "CAST",
                    "BLOWFISH(UNUSED)",
                    "3IDEA(UNUSED)",
                    "DES_IV32(UNUSED)",
                    "RC4(UNUSED)",
                    "NULL",
                    "AES",
                    "AES_CTR",
                    "AES_CCM_A",
                    "AES_CCM_B",
                    "AES_CCM_C",
                    "UNUSED_ID17",
                    "AES_GCM_A",
                    "AES_GCM_B",
                    "AES_GCM_C",
                    "SEED_CBC",
                    "CAMELLIA",
                    "NULL_AUTH_AES_GMAC",
                    "CAMELLIA_CTR",
                    "CAMELLIA_CCM_A",
                    "CAMELLIA_CCM_B",
                    "CAMELLIA_CCM_C")
            .from(249, "MARS", "RC6(UNUSED)", "KAME_NULL", "SERPENT", "TWOFISH", "ID254(UNUSED)", "ID255(UNUSED)");

    /** IKEv1's authentication attribute of phase 2. */
    static final NumberTable ESP_INTEG = new NumberTable("AUTH_ALGORITHM_")
            .from(
                    0,
                    "NONE",
                    "HMAC_MD5",
                    "HMAC_SHA1",
                    "DES_MAC(UNUSED)",
                    "KPDK(UNUSED)",
                    "HMAC_SHA2_256",
                    "HMAC_SHA2_384",
                    "HMAC_SHA2_512",
                    "HMAC_RIPEMD",
                    "AES_XCBC",
                    "SIG_RSA(UNUSED)",
                    "AES_128_GMAC",
                    "AES_192_GMAC",
                    "AES_256_GMAC")
            .from(250, "AES_CMAC_96", "NULL_KAME", "HMAC_SHA2_256_TRUNCBUG");

    private TransformNames() {}
}
