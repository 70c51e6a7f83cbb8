// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.Digests;
import org.jswan.crypto.jca.Hmac;
import org.jswan.crypto.jca.KeyedMac;

/** Hash algorithms, in the order in which they are listed at start. Lengths are in octets. */
public enum Hash implements Algorithm {
    MD5("MD5", "", known().oakley(1), 16, 64, "MD5"),
    SHA1("SHA1", "sha", known().oakley(2).v2(1), 20, 64, "SHA-1"),
    SHA2_256("SHA2_256", "sha2,sha256", known().oakley(4).v2(2), 32, 64, "SHA-256"),
    SHA2_384("SHA2_384", "sha384", known().oakley(5).v2(3), 48, 128, "SHA-384"),
    SHA2_512("SHA2_512", "sha512", known().oakley(6).v2(4), 64, 128, "SHA-512"),
    /** No hash at all, for signatures that hash by themselves (RFC 8420). */
    IDENTITY("IDENTITY", "", known().v2(5), 0, 0, "");

    /** All of them, checked for clashes. */
    public static final List<Hash> ALL = Algorithm.checked(List.of(values()));

    private final String fqn;
    private final List<String> names;
    private final AlgorithmIds ids;
    private final int length;
    private final int blockSize;
    private final String jcaName;

    Hash(String fqn, String aliases, AlgorithmIds ids, int length, int blockSize, String jcaName) {
        this.fqn = fqn;
        this.names = Encr.namesOf(fqn, aliases);
        this.ids = ids;
        this.length = length;
        this.blockSize = blockSize;
        this.jcaName = jcaName;
    }

    public static Optional<Hash> byIkev2Id(int id) {
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
        return this != IDENTITY;
    }

    @Override
    public boolean isFipsApproved() {
        return this != MD5;
    }

    public int length() {
        return length;
    }

    public int blockSize() {
        return blockSize;
    }

    /**
     * The hash of all {@code parts}, one after the other.
     *
     * @throws IllegalStateException if this is {@link #IDENTITY}
     */
    public Bytes digest(Bytes... parts) {
        if (this == IDENTITY) {
            throw new IllegalStateException("no hash to compute");
        }
        MessageDigest digest = Digests.create(jcaName);
        for (Bytes part : parts) {
            digest.update(part.buffer());
        }
        return Bytes.wrap(digest.digest());
    }

    /** What a provider of the platform calls it, {@code SHA-256}; empty for {@link #IDENTITY}. */
    public String jcaName() {
        return jcaName;
    }

    KeyedMac hmac(Secret key) {
        return new Hmac(jcaName, blockSize, key.expose());
    }
}
