// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;

/** How a hash is signed. */
public enum Signature {
    /** RFC 8017 §8.2. */
    PKCS1("PKCS#1 1.5 RSA", KeyType.RSA),
    /** RFC 8017 §8.2 without telling the hash, as IKEv1 signs its own (RFC 2409 §5.1): what is signed is not hashed again. */
    PKCS1_BARE("RSA", KeyType.RSA),
    /** RFC 8017 §8.1, the mask made by the same hash, a salt of the hash's length. */
    RSASSA_PSS("RSASSA-PSS", KeyType.RSA),
    /** The two numbers in a DER sequence (RFC 7427). */
    ECDSA("ECDSA", KeyType.ECDSA),
    /** The two numbers one after the other (RFC 4754 §7). */
    ECDSA_PLAIN("ECDSA", KeyType.ECDSA);

    /** What the platform calls RFC 2313 §8, where a private key makes blocks of type 1. */
    private static final String BLOCK_TYPE_1 = "RSA/ECB/PKCS1Padding";

    private static final String RSA_ENCRYPTION = "06092a864886f70d0101";
    private static final String ECDSA_WITH_SHA2 = "06082a8648ce3d0403";
    private static final String SHA2 = "300d060960864801650304020";

    private final String text;
    private final KeyType keyType;

    Signature(String text, KeyType keyType) {
        this.text = text;
        this.keyType = keyType;
    }

    /** The name in log lines. */
    public String text() {
        return text;
    }

    public KeyType keyType() {
        return keyType;
    }

    /**
     * The AlgorithmIdentifier before such a signature in an AUTH payload, its length octet first (RFC 7427 §3, appendix
     * A); empty where that form has none.
     */
    public Optional<Bytes> algorithmIdentifier(Hash hash) {
        int which = List.of(Hash.SHA2_256, Hash.SHA2_384, Hash.SHA2_512).indexOf(hash) + 1;
        if (which == 0) {
            return Optional.empty();
        }
        return switch (this) {
            case PKCS1 -> Optional.of(
                    withLength("300d" + RSA_ENCRYPTION + "0" + Integer.toHexString(10 + which) + "0500"));
            case RSASSA_PSS -> {
                String sha2 = SHA2 + which + "0500";
                yield Optional.of(withLength("3041" + RSA_ENCRYPTION + "0a3034a00f" + sha2 + "a11c301a" + RSA_ENCRYPTION
                        + "08" + sha2 + "a2030201" + Integer.toHexString(hash.length())));
            }
            case ECDSA -> Optional.of(withLength("300a" + ECDSA_WITH_SHA2 + "0" + (which + 1)));
            case PKCS1_BARE, ECDSA_PLAIN -> Optional.empty();
        };
    }

    private static Bytes withLength(String hex) {
        Bytes identifier = Bytes.ofHex(hex);
        return Bytes.concat(Bytes.of(identifier.length()), identifier);
    }

    /** What a peer was authenticated by: {@code 2048-bit RSASSA-PSS with SHA2_512}, {@code P-256 ECDSA with SHA2_256}. */
    public String describe(PublicKey key, Hash hash) {
        return (keyType == KeyType.RSA ? key.bits() + "-bit " : "P-" + key.bits() + " ") + text + " with " + hash.fqn();
    }

    /**
     * Whether {@code signature} is that of {@code octets} by the private half of {@code key}. Takes milliseconds.
     *
     * @param hash that the octets are hashed with
     */
    public boolean verify(PublicKey key, Hash hash, Bytes octets, Bytes signature) {
        if (key.type() != keyType) {
            return false;
        }
        try {
            if (this == PKCS1_BARE) {
                return isBareBy(key, octets, signature);
            }
            java.security.Signature verifier = forProvider(hash);
            verifier.initVerify(key.forProvider());
            verifier.update(octets.buffer());
            return verifier.verify(signature.toArray());
        } catch (GeneralSecurityException | ProviderException malformed) {
            // A signature of the wrong length or form, or a key that nobody can have made one with; providers tell of
            // it
            // in either way.
            return false;
        }
    }

    private static boolean isBareBy(PublicKey key, Bytes octets, Bytes signature) throws GeneralSecurityException {
        if (signature.length() != (key.bits() + Byte.SIZE - 1) / Byte.SIZE) {
            return false;
        }
        Cipher recovery = Cipher.getInstance(BLOCK_TYPE_1);
        recovery.init(Cipher.DECRYPT_MODE, key.forProvider());
        return MessageDigest.isEqual(recovery.doFinal(signature.toArray()), octets.toArray());
    }

    /**
     * Signs in software. Takes milliseconds.
     *
     * @throws GeneralSecurityException if the key is of another type or too short for the hash
     */
    public Bytes sign(PrivateKey key, Hash hash, Bytes octets) throws GeneralSecurityException {
        if (this == PKCS1_BARE) {
            Cipher padding = Cipher.getInstance(BLOCK_TYPE_1);
            padding.init(Cipher.ENCRYPT_MODE, key);
            return Bytes.wrap(padding.doFinal(octets.toArray()));
        }
        java.security.Signature signer = forProvider(hash);
        signer.initSign(key);
        signer.update(octets.buffer());
        return Bytes.wrap(signer.sign());
    }

    private java.security.Signature forProvider(Hash hash) throws GeneralSecurityException {
        String digest = hash.jcaName();
        String joined = digest.replace("-", "");
        return switch (this) {
            case PKCS1_BARE -> throw new IllegalStateException("hashes nothing");
            case PKCS1 -> java.security.Signature.getInstance(joined + "withRSA");
            case ECDSA -> java.security.Signature.getInstance(joined + "withECDSA");
            case ECDSA_PLAIN -> java.security.Signature.getInstance(joined + "withECDSAinP1363Format");
            case RSASSA_PSS -> {
                java.security.Signature pss = java.security.Signature.getInstance("RSASSA-PSS");
                pss.setParameter(new PSSParameterSpec(
                        digest,
                        "MGF1",
                        new MGF1ParameterSpec(digest),
                        hash.length(),
                        PSSParameterSpec.TRAILER_FIELD_BC));
                yield pss;
            }
        };
    }

    /** The signature whose AlgorithmIdentifier {@code data} begins with, for one of {@code hashes}. */
    public static Optional<Identified> identify(Bytes data, List<Hash> hashes) {
        return hashes.stream()
                .flatMap(hash -> Arrays.stream(values()).map(signature -> new Identified(signature, hash)))
                .filter(found -> found.signature
                        .algorithmIdentifier(found.hash)
                        .filter(data::startsWith)
                        .isPresent())
                .findFirst();
    }

    /** A signature with its hash. */
    public record Identified(Signature signature, Hash hash) {}
}
