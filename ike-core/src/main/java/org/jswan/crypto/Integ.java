// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.AesCmac;

/** Integrity algorithms, in the order in which they are listed at start. Lengths are in octets. */
public enum Integ implements Algorithm {
    HMAC_MD5_96(
            "HMAC_MD5_96", "md5,hmac_md5", known().oakley(1).v1Ipsec(1).v2(1).sadb(2), 16, 12, 2, "md5"),
    HMAC_SHA1_96(
            "HMAC_SHA1_96",
            "sha,sha1,sha1_96,hmac_sha1",
            known().oakley(2).v1Ipsec(2).v2(2).sadb(3),
            20,
            12,
            3,
            "sha1"),
    HMAC_SHA2_512_256(
            "HMAC_SHA2_512_256",
            "sha512,sha2_512,sha2_512_256,hmac_sha2_512",
            known().oakley(6).v1Ipsec(7).v2(14).sadb(7),
            64,
            32,
            7,
            "hmac(sha512)"),
    HMAC_SHA2_384_192(
            "HMAC_SHA2_384_192",
            "sha384,sha2_384,sha2_384_192,hmac_sha2_384",
            known().oakley(5).v1Ipsec(6).v2(13).sadb(6),
            48,
            24,
            6,
            "hmac(sha384)"),
    HMAC_SHA2_256_128(
            "HMAC_SHA2_256_128",
            "sha2,sha256,sha2_256,sha2_256_128,hmac_sha2_256",
            known().oakley(4).v1Ipsec(5).v2(12).sadb(5),
            32,
            16,
            5,
            "hmac(sha256)"),
    /** HMAC-SHA2-256 cut to 96 bits, a mistake of old Linux kernels; never negotiated, only put in place of the right one. */
    HMAC_SHA2_256_TRUNCBUG("HMAC_SHA2_256_TRUNCBUG", "", known().v1Ipsec(252), 32, 12, 252, "hmac(sha256)"),
    AES_XCBC_96(
            "AES_XCBC_96",
            "aes_xcbc,aes128_xcbc,aes128_xcbc_96",
            known().v1Ipsec(9).v2(5).sadb(9),
            16,
            12,
            9,
            "xcbc(aes)"),
    AES_CMAC_96("AES_CMAC_96", "aes_cmac", known().v1Ipsec(250).v2(8), 16, 12, 250, "cmac(aes)"),
    NONE("NONE", "null", known().v1Ipsec(0).v2(0).sadb(251), 0, 0, 0, "digest_null");

    /** All of them, checked for clashes. */
    public static final List<Integ> ALL = Algorithm.checked(List.of(values()));

    private final String fqn;
    private final List<String> names;
    private final AlgorithmIds ids;
    private final int keyLength;
    private final int icvLength;
    private final int ahTransform;
    private final String xfrmName;

    Integ(String fqn, String aliases, AlgorithmIds ids, int keyLength, int icvLength, int ahTransform, String xfrm) {
        this.fqn = fqn;
        this.names = Encr.namesOf(fqn, aliases);
        this.ids = ids;
        this.keyLength = keyLength;
        this.icvLength = icvLength;
        this.ahTransform = ahTransform;
        this.xfrmName = xfrm;
    }

    public static Optional<Integ> byIkev2Id(int id) {
        return Algorithm.byId(ALL, NumberSpace.IKEV2, id);
    }

    @Override
    public String fqn() {
        return fqn;
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public AlgorithmIds ids() {
        return ids;
    }

    /** Whether IKE messages can have it: it is computed here. {@link #NONE} goes with AEAD ciphers. */
    @Override
    public boolean isForIke() {
        return this == NONE || prf().isPresent();
    }

    @Override
    public boolean isFipsApproved() {
        return switch (this) {
            case HMAC_MD5_96, HMAC_SHA2_256_TRUNCBUG, AES_XCBC_96 -> false;
            default -> true;
        };
    }

    /** The PRF that it truncates; empty for {@link #NONE} and for what only the kernel computes. */
    public Optional<Prf> prf() {
        return switch (this) {
            case HMAC_MD5_96 -> Optional.of(Prf.HMAC_MD5);
            case HMAC_SHA1_96 -> Optional.of(Prf.HMAC_SHA1);
            case HMAC_SHA2_256_128 -> Optional.of(Prf.HMAC_SHA2_256);
            case HMAC_SHA2_384_192 -> Optional.of(Prf.HMAC_SHA2_384);
            case HMAC_SHA2_512_256 -> Optional.of(Prf.HMAC_SHA2_512);
            case AES_XCBC_96 -> Optional.of(Prf.AES_XCBC);
            case HMAC_SHA2_256_TRUNCBUG, AES_CMAC_96, NONE -> Optional.empty();
        };
    }

    /** Octets of key. */
    public int keyLength() {
        return keyLength;
    }

    /** Octets of integrity check value, after truncation. */
    public int icvLength() {
        return icvLength;
    }

    /** What Linux calls it; {@link #icvLength} tells it how far to truncate. */
    public String xfrmName() {
        return xfrmName;
    }

    /** IKEv1's transform ID for AH (RFC 2407 §4.4.3); empty where AH cannot have it. */
    public OptionalInt ikev1AhTransform() {
        return ahTransform == 0 ? OptionalInt.empty() : OptionalInt.of(ahTransform);
    }

    /**
     * This algorithm under {@code key} of {@link #keyLength} octets, to which it keeps no reference.
     *
     * @throws IllegalStateException if this is {@link #NONE}
     */
    public MacStream start(Secret key) {
        return new MacStream(
                switch (this) {
                    case NONE -> throw new IllegalStateException("no integrity to compute");
                    case AES_CMAC_96 -> new AesCmac(key.expose());
                    case HMAC_SHA2_256_TRUNCBUG -> Prf.HMAC_SHA2_256.keyed(key);
                    default -> prf().orElseThrow().keyed(key);
                },
                icvLength);
    }
}
