// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jswan.base.Bytes;

/** A public key in the form that all can use. Two are equal if they are the same key. */
public sealed interface PublicKey permits RsaPublicKey, EcdsaPublicKey {
    /** How many characters a key id has. */
    int KEY_ID_LENGTH = 9;

    KeyType type();

    /** By what an NSS database knows its private half. */
    Ckaid ckaid();

    /** The short name of log lines and listings, {@code AwEAAbrCo}: the beginning of its base64. */
    String keyId();

    /** The size of the modulus or of the field. */
    int bits();

    /** As in the public key field of an IPSECKEY record: RFC 3110 §2 for RSA, both coordinates for ECDSA. */
    Bytes ipseckey();

    /** As X.509 and RFC 7670 have it, in DER. */
    Bytes subjectPublicKeyInfo();

    /** @throws GeneralSecurityException if the provider finds it too weak or too odd to be used */
    java.security.PublicKey forProvider() throws GeneralSecurityException;

    /**
     * A key as IPSECKEY records and configurations have it.
     *
     * @throws KeyFormatException if the octets are none, or one out of the range of sizes that we take
     */
    static PublicKey ofIpseckey(KeyType type, Bytes octets) throws KeyFormatException {
        return switch (type) {
            case RSA -> RsaPublicKey.ofIpseckey(octets);
            case ECDSA -> EcdsaPublicKey.ofIpseckey(octets);
        };
    }

    /**
     * A key as certificates have it.
     *
     * @param der a SubjectPublicKeyInfo
     * @throws KeyFormatException if it is malformed or of another algorithm than RSA and ECDSA
     */
    static PublicKey ofSubjectPublicKeyInfo(Bytes der) throws KeyFormatException {
        SubjectPublicKeyInfo info;
        try {
            info = SubjectPublicKeyInfo.getInstance(ASN1Primitive.fromByteArray(der.toArray()));
        } catch (IOException | IllegalArgumentException malformed) {
            throw new KeyFormatException("decoding Subject Public Key Info DER");
        }
        if (info == null) {
            throw new KeyFormatException("decoding Subject Public Key Info DER");
        }
        if (info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return RsaPublicKey.of(info);
        }
        if (info.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return EcdsaPublicKey.of(info);
        }
        throw new KeyFormatException("extracting Public Key from Subject Public Key Info");
    }

    /** The beginning of {@code octets} in base64; of fewer than that takes, as if zeros followed. */
    static String keyIdOf(Bytes octets) {
        byte[] beginning = Arrays.copyOf(octets.toArray(), 9);
        return Base64.getEncoder().encodeToString(beginning).substring(0, KEY_ID_LENGTH);
    }
}
