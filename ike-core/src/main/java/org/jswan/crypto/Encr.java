// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Encryption algorithms, in the order in which they are listed at start.
 *
 * <p>Lengths are in octets but for key lengths, which are in bits as on the wire.
 */
public enum Encr implements Algorithm {
    AES_CCM_16("AES_CCM_16", "aes_ccm,aes_ccm_c", known().v1Ipsec(16).v2(16).sadb(16), ccm(16)),
    AES_CCM_12("AES_CCM_12", "aes_ccm_b", known().v1Ipsec(15).v2(15).sadb(15), ccm(12)),
    AES_CCM_8("AES_CCM_8", "aes_ccm_a", known().v1Ipsec(14).v2(14).sadb(14), ccm(8)),
    TRIPLE_DES_CBC(
            "3DES_CBC",
            "3des",
            known().oakley(5).v1Ipsec(3).v2(3).sadb(3),
            Shape.block(8).fixedKey(192).forIke().fips().xfrm("des3_ede")),
    CAMELLIA_CTR("CAMELLIA_CTR", "", known().oakley(24).v1Ipsec(24).v2(24), Shape.stream(16, 16)),
    CAMELLIA_CBC(
            "CAMELLIA_CBC",
            "camellia",
            known().oakley(8).v1Ipsec(22).v2(23).sadb(22),
            Shape.block(16).forIke().xfrm("cbc(camellia)")),
    AES_GCM_16("AES_GCM_16", "aes_gcm,aes_gcm_c", known().v1Ipsec(20).v2(20).sadb(20), gcm(16)),
    AES_GCM_12("AES_GCM_12", "aes_gcm_b", known().v1Ipsec(19).v2(19).sadb(19), gcm(12)),
    AES_GCM_8("AES_GCM_8", "aes_gcm_a", known().v1Ipsec(18).v2(18).sadb(18), gcm(8)),
    AES_CTR(
            "AES_CTR",
            "aesctr",
            known().oakley(13).v1Ipsec(13).v2(13).sadb(13),
            Shape.stream(16, 8).salt(4).forIke().fips().xfrm("rfc3686(ctr(aes))")),
    AES_CBC(
            "AES_CBC",
            "aes",
            known().oakley(7).v1Ipsec(12).v2(12).sadb(12),
            Shape.block(16).forIke().fips().xfrm("aes")),
    NULL_AUTH_AES_GMAC(
            "NULL_AUTH_AES_GMAC",
            "aes_gmac",
            known().v1Ipsec(23).v2(21).sadb(23),
            Shape.stream(16, 8).salt(4).tag(16).fips().xfrm("rfc4543(gcm(aes))")),
    NULL(
            "NULL",
            "",
            known().v1Ipsec(11).v2(11).sadb(11),
            Shape.stream(1, 0).fixedKey().xfrm("cipher_null")),
    CHACHA20_POLY1305(
            "CHACHA20_POLY1305",
            "chacha20poly1305",
            known().v2(28),
            Shape.stream(16, 8).salt(4).tag(16).fixedKey(256).forIke().xfrm("rfc7539esp(chacha20,poly1305)"));

    /** All of them, checked for clashes. */
    public static final List<Encr> ALL = Algorithm.checked(List.of(values()));

    private final String fqn;
    private final List<String> names;
    private final AlgorithmIds ids;
    private final Shape shape;

    Encr(String fqn, String aliases, AlgorithmIds ids, Shape shape) {
        this.fqn = fqn;
        this.names = namesOf(fqn, aliases);
        this.ids = ids;
        this.shape = shape;
    }

    public static Optional<Encr> byIkev2Id(int id) {
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

    @Override
    public boolean isForIke() {
        return shape.forIke;
    }

    @Override
    public boolean isFipsApproved() {
        return shape.fips;
    }

    /** Whether it authenticates too, so that no integrity algorithm goes with it. */
    public boolean isAead() {
        return shape.tag > 0;
    }

    /** The key lengths it can have, in bits, the longest first; empty for {@link #NULL}. The salt is not counted. */
    public List<Integer> keyBits() {
        return shape.keyBits;
    }

    /** The key length in bits where nothing names one; 0 for {@link #NULL}. */
    public int defaultKeyBits() {
        return shape.keyBits.isEmpty() ? 0 : shape.keyBits.get(shape.keyBits.size() - 1);
    }

    /** The longest key in bits; 0 for {@link #NULL}. */
    public int maxKeyBits() {
        return shape.keyBits.isEmpty() ? 0 : shape.keyBits.get(0);
    }

    /** Whether {@code bits} is one of its key lengths; {@link #NULL} has that of 0. */
    public boolean hasKeyBits(int bits) {
        return shape.keyBits.isEmpty() ? bits == 0 : shape.keyBits.contains(bits);
    }

    /** Whether its key has one length only, so that no key length attribute is sent (RFC 7296 §3.3.5). */
    public boolean isKeyLengthOmitted() {
        return shape.keyLengthOmitted;
    }

    /** Octets of salt that follow the key in keying material. */
    public int saltLength() {
        return shape.salt;
    }

    /** Octets of keying material that a key of {@code keyBits} takes, its salt included. */
    public int keyMaterialLength(int keyBits) {
        return keyBits / Byte.SIZE + shape.salt;
    }

    /** Octets of a block, or of the key stream's block; 1 for {@link #NULL}. */
    public int blockSize() {
        return shape.blockSize;
    }

    /** Whether plaintext must be padded to {@link #blockSize}. */
    public boolean padsToBlock() {
        return shape.padded;
    }

    /** Octets of initialisation vector in each message. */
    public int ivLength() {
        return shape.iv;
    }

    /** Octets of the AEAD's tag; 0 if it is none. */
    public int icvLength() {
        return shape.tag;
    }

    /** What Linux calls it; empty if it has none. */
    public Optional<String> xfrmName() {
        return shape.xfrmName;
    }

    /** The name with the key length behind it, as {@code AES_GCM_16_256}; without where {@code keyBits} is 0. */
    public String fqnWithKeyBits(int keyBits) {
        return keyBits == 0 ? fqn : fqn + "_" + keyBits;
    }

    static List<String> namesOf(String fqn, String aliases) {
        String own = fqn.toLowerCase(Locale.ROOT);
        return aliases.isEmpty() ? List.of(own) : List.of((own + "," + aliases).split(","));
    }

    private static Shape ccm(int tag) {
        return Shape.stream(16, 8).salt(3).tag(tag).fips().xfrm("rfc4309(ccm(aes))");
    }

    private static Shape gcm(int tag) {
        return Shape.stream(16, 8).salt(4).tag(tag).forIke().fips().xfrm("rfc4106(gcm(aes))");
    }

    /** Sizes and qualities, named one by one where they differ from what most have; filled in before any constant exists. */
    private static final class Shape {
        private final int blockSize;
        private final boolean padded;
        private final int iv;
        private int salt;
        private int tag;
        private List<Integer> keyBits = List.of(256, 192, 128);
        private boolean keyLengthOmitted;
        private boolean forIke;
        private boolean fips;
        private Optional<String> xfrmName = Optional.empty();

        private Shape(int blockSize, boolean padded, int iv) {
            this.blockSize = blockSize;
            this.padded = padded;
            this.iv = iv;
        }

        static Shape block(int blockSize) {
            return new Shape(blockSize, true, blockSize);
        }

        static Shape stream(int blockSize, int iv) {
            return new Shape(blockSize, false, iv);
        }

        Shape salt(int octets) {
            salt = octets;
            return this;
        }

        Shape tag(int octets) {
            tag = octets;
            return this;
        }

        /** One key length only, or none. */
        Shape fixedKey(Integer... bits) {
            keyBits = List.of(bits);
            keyLengthOmitted = true;
            return this;
        }

        Shape forIke() {
            forIke = true;
            return this;
        }

        Shape fips() {
            fips = true;
            return this;
        }

        Shape xfrm(String name) {
            xfrmName = Optional.of(name);
            return this;
        }
    }
}
