// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jswan.base.Bytes;

/**
 * An RSA key. Both numbers are big-endian without leading zeros.
 *
 * @param modulus 64 to 1024 octets
 */
public record RsaPublicKey(Bytes exponent, Bytes modulus) implements PublicKey {
    private static final int SHORTEST_OF_RFC = 12;
    private static final int SHORTEST = 64;
    private static final int LONGEST = 1024;
    private static final int LONGEST_SHORT_EXPONENT = 255;

    public RsaPublicKey {
        exponent = trimmed(exponent);
        modulus = trimmed(modulus);
    }

    private static Bytes trimmed(Bytes number) {
        int zeros = 0;
        while (zeros < number.length() - 1 && number.get(zeros) == 0) {
            zeros++;
        }
        return number.from(zeros);
    }

    /**
     * RFC 3110 §2: the length of the exponent in one octet, or 0 and two octets; the exponent; the modulus.
     */
    static RsaPublicKey ofIpseckey(Bytes octets) throws KeyFormatException {
        int length;
        int start;
        if (octets.length() >= 2 && octets.get(0) != 0) {
            length = octets.get(0);
            start = 1;
        } else if (octets.length() >= 3) {
            length = octets.get(1) << Byte.SIZE | octets.get(2);
            start = 3;
        } else {
            throw new KeyFormatException(octets.length() + " byte raw RSA public is way too short");
        }
        String what = octets.length() + " byte raw RSA public key ";
        if (length > octets.length() - start) {
            throw new KeyFormatException(what + "is too short for exponent of length " + length);
        }
        Bytes modulus = octets.from(start + length);
        String size = what + modulus.length() + " byte modulus is ";
        if (modulus.length() < SHORTEST_OF_RFC) {
            throw new KeyFormatException(size + "shorter than RFC minimum " + SHORTEST_OF_RFC);
        }
        if (modulus.length() < SHORTEST) {
            throw new KeyFormatException(size + "shorter than minimum " + SHORTEST);
        }
        if (modulus.length() > LONGEST + 1) {
            throw new KeyFormatException(size + "longer than maximum " + (LONGEST + 1));
        }
        return new RsaPublicKey(octets.slice(start, length), modulus);
    }

    static RsaPublicKey of(SubjectPublicKeyInfo info) throws KeyFormatException {
        org.bouncycastle.asn1.pkcs.RSAPublicKey key;
        try {
            key = org.bouncycastle.asn1.pkcs.RSAPublicKey.getInstance(info.parsePublicKey());
        } catch (IOException | IllegalArgumentException malformed) {
            throw new KeyFormatException("extracting Public Key from Subject Public Key Info");
        }
        RsaPublicKey found = new RsaPublicKey(
                Bytes.wrap(key.getPublicExponent().toByteArray()),
                Bytes.wrap(key.getModulus().toByteArray()));
        if (key.getModulus().signum() <= 0
                || key.getPublicExponent().signum() <= 0
                || found.modulus.length() < SHORTEST
                || found.modulus.length() > LONGEST) {
            throw new KeyFormatException("RSA modulus of " + found.bits() + " bits is not between "
                    + SHORTEST * Byte.SIZE + " and " + LONGEST * Byte.SIZE);
        }
        return found;
    }

    @Override
    public KeyType type() {
        return KeyType.RSA;
    }

    @Override
    public Ckaid ckaid() {
        return Ckaid.of(modulus);
    }

    @Override
    public String keyId() {
        return PublicKey.keyIdOf(ipseckey());
    }

    @Override
    public int bits() {
        return new BigInteger(1, modulus.toArray()).bitLength();
    }

    @Override
    public Bytes ipseckey() {
        int length = exponent.length();
        Bytes prefix = length <= LONGEST_SHORT_EXPONENT ? Bytes.of(length) : Bytes.of(0, length >>> Byte.SIZE, length);
        return Bytes.concat(prefix, exponent, modulus);
    }

    @Override
    public Bytes subjectPublicKeyInfo() {
        try {
            return Bytes.wrap(new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                            new org.bouncycastle.asn1.pkcs.RSAPublicKey(
                                    new BigInteger(1, modulus.toArray()), new BigInteger(1, exponent.toArray())))
                    .getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public java.security.PublicKey forProvider() throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        new BigInteger(1, modulus.toArray()), new BigInteger(1, exponent.toArray())));
    }
}
