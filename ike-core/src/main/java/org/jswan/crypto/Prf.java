// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.AesXcbc;
import org.jswan.crypto.jca.KeyedMac;

/** Pseudo-random functions, in the order in which they are listed at start. Lengths are in octets. */
public enum Prf implements Algorithm {
    HMAC_MD5("HMAC_MD5", "md5", known().oakley(1).v2(1), Hash.MD5),
    HMAC_SHA1("HMAC_SHA1", "sha,sha1", known().oakley(2).v2(2), Hash.SHA1),
    HMAC_SHA2_256("HMAC_SHA2_256", "sha2,sha256,sha2_256", known().oakley(4).v2(5), Hash.SHA2_256),
    HMAC_SHA2_384("HMAC_SHA2_384", "sha384,sha2_384", known().oakley(5).v2(6), Hash.SHA2_384),
    HMAC_SHA2_512("HMAC_SHA2_512", "sha512,sha2_512", known().oakley(6).v2(7), Hash.SHA2_512),
    AES_XCBC("AES_XCBC", "aes128_xcbc", known().v2(4), null);

    /** All of them, checked for clashes. */
    public static final List<Prf> ALL = Algorithm.checked(List.of(values()));

    private static final int AES_BLOCK = 16;

    private final String fqn;
    private final List<String> names;
    private final AlgorithmIds ids;
    private final Optional<Hash> hash;

    Prf(String fqn, String aliases, AlgorithmIds ids, Hash hash) {
        this.fqn = fqn;
        this.names = Encr.namesOf(fqn, aliases);
        this.ids = ids;
        this.hash = Optional.ofNullable(hash);
    }

    public static Optional<Prf> byIkev2Id(int id) {
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
        return true;
    }

    @Override
    public boolean isFipsApproved() {
        return this != HMAC_MD5 && this != AES_XCBC;
    }

    /** The hash it is made of by HMAC; empty if it is made of a block cipher. */
    public Optional<Hash> hash() {
        return hash;
    }

    /** The key length it prefers, which is that of SK_d, SK_pi and SK_pr; it takes keys of any length. */
    public int keyLength() {
        return outputLength();
    }

    public int outputLength() {
        return hash.map(Hash::length).orElse(AES_BLOCK);
    }

    /** This PRF under {@code key}, which may have any length; it keeps no reference to {@code key}. */
    public MacStream start(Secret key) {
        return new MacStream(keyed(key), outputLength());
    }

    /** prf(key, parts | ...) where the result is public. */
    public Bytes compute(Secret key, Bytes... parts) {
        try (MacStream stream = start(key)) {
            for (Bytes part : parts) {
                stream.update(part);
            }
            return stream.finish();
        }
    }

    /**
     * prf+(key, seed), RFC 7296 §2.13.
     *
     * @param length of the result in octets, at most 255 times {@link #outputLength}
     */
    public Secret plus(Secret key, Secret seed, int length) {
        int blocks = (length + outputLength() - 1) / outputLength();
        if (blocks > 255) {
            throw new IllegalArgumentException("prf+ does not reach to " + length + " octets");
        }
        byte[] result = new byte[length];
        Secret last = Secret.take(new byte[0]);
        try (MacStream stream = start(key)) {
            for (int i = 0; i < blocks; i++) {
                Secret block = stream.update(last).update(seed).update(i + 1).finishSecret();
                last.destroy();
                last = block;
                int at = i * outputLength();
                System.arraycopy(block.expose(), 0, result, at, Math.min(outputLength(), length - at));
            }
        }
        last.destroy();
        return Secret.take(result);
    }

    KeyedMac keyed(Secret key) {
        return hash.map(h -> h.hmac(key)).orElseGet(() -> new AesXcbc(key.expose()));
    }
}
