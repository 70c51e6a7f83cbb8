// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.jswan.crypto.AlgorithmIds.known;

import java.util.List;
import java.util.Optional;
import org.jswan.crypto.jca.EcAgreement;
import org.jswan.crypto.jca.ModpAgreement;
import org.jswan.crypto.jca.X25519Agreement;
import org.jswan.random.RandomSource;

/** Diffie-Hellman groups, in the order in which they are listed at start. */
public enum KeGroup implements Algorithm {
    NONE("NONE", "null,dh0", 0, 0, Kind.NONE),
    MODP1536("MODP1536", "dh5", 5, 192, Kind.MODP),
    MODP2048("MODP2048", "dh14", 14, 256, Kind.MODP),
    MODP3072("MODP3072", "dh15", 15, 384, Kind.MODP),
    MODP4096("MODP4096", "dh16", 16, 512, Kind.MODP),
    MODP6144("MODP6144", "dh17", 17, 768, Kind.MODP),
    MODP8192("MODP8192", "dh18", 18, 1024, Kind.MODP),
    DH19("DH19", "ecp_256,ecp256", 19, 64, Kind.ECP),
    DH20("DH20", "ecp_384,ecp384", 20, 96, Kind.ECP),
    DH21("DH21", "ecp_521,ecp521", 21, 132, Kind.ECP),
    DH31("DH31", "curve25519", 31, 32, Kind.MONTGOMERY);

    /** What a group is made of. */
    public enum Kind {
        NONE,
        /** Integers modulo a prime (RFC 3526). */
        MODP,
        /** Points of a curve over a prime field (RFC 5903). */
        ECP,
        /** X coordinates of a Montgomery curve (RFC 8031). */
        MONTGOMERY
    }

    /** All of them, checked for clashes. */
    public static final List<KeGroup> ALL = Algorithm.checked(List.of(values()));

    private final String fqn;
    private final List<String> names;
    private final AlgorithmIds ids;
    private final int publicLength;
    private final Kind kind;

    KeGroup(String fqn, String aliases, int id, int publicLength, Kind kind) {
        this.fqn = fqn;
        this.names = Encr.namesOf(fqn, aliases);
        AlgorithmIds v2 = known().v2(id);
        AlgorithmIds v1 = kind == Kind.NONE ? v2 : v2.oakley(id);
        // as libreswan: IKEv1's phase 2 offers no elliptic curves
        this.ids = kind == Kind.MODP ? v1.v1Ipsec(id) : v1;
        this.publicLength = publicLength;
        this.kind = kind;
    }

    public static Optional<KeGroup> byIkev2Id(int id) {
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
        return this != MODP1536 && this != DH31;
    }

    public Kind kind() {
        return kind;
    }

    /** Octets of the public value in a KE payload. */
    public int publicLength() {
        return publicLength;
    }

    /**
     * A new private value and its public one: slow for MODP groups, for a helper.
     *
     * @throws IllegalStateException if this is {@link #NONE}
     */
    public KeyExchange generate(RandomSource random) {
        return new KeyExchange(
                this,
                switch (this) {
                    case NONE -> throw new IllegalStateException("no group to generate a key in");
                    case MODP1536, MODP2048, MODP3072, MODP4096, MODP6144, MODP8192 -> ModpAgreement.generate(
                            publicLength * Byte.SIZE, random);
                    case DH19 -> EcAgreement.generate("secp256r1", random);
                    case DH20 -> EcAgreement.generate("secp384r1", random);
                    case DH21 -> EcAgreement.generate("secp521r1", random);
                    case DH31 -> X25519Agreement.generate(random);
                });
    }
}
