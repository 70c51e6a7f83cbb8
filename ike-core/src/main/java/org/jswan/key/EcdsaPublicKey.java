// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jswan.base.Bytes;

/**
 * An ECDSA key on one of the curves of NIST.
 *
 * @param point both coordinates, each as long as the field
 */
public record EcdsaPublicKey(Curve curve, Bytes point) implements PublicKey {
    private static final int UNCOMPRESSED = 4;

    /** The curves that signatures are made on. */
    public enum Curve {
        P256(256, SECObjectIdentifiers.secp256r1),
        P384(384, SECObjectIdentifiers.secp384r1),
        P521(521, SECObjectIdentifiers.secp521r1);

        private final int bits;
        private final ASN1ObjectIdentifier oid;

        Curve(int bits, ASN1ObjectIdentifier oid) {
            this.bits = bits;
            this.oid = oid;
        }

        /** The size of the field. */
        public int bits() {
            return bits;
        }

        /** The name that SEC 2 gives it, {@code secp256r1}. */
        public String secName() {
            return "secp" + bits + "r1";
        }

        /** Its object identifier in DER. */
        public Bytes parameters() {
            try {
                return Bytes.wrap(oid.getEncoded(ASN1Encoding.DER));
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        /** The octets of both coordinates. */
        int pointLength() {
            return 2 * ((bits + Byte.SIZE - 1) / Byte.SIZE);
        }

        static Optional<Curve> of(ASN1Encodable parameters) {
            return Arrays.stream(values()).filter(c -> c.oid.equals(parameters)).findFirst();
        }
    }

    /** The point alone, or behind the mark of one that is not compressed: its length tells the curve. */
    static EcdsaPublicKey ofIpseckey(Bytes octets) throws KeyFormatException {
        for (Curve curve : Curve.values()) {
            if (octets.length() == curve.pointLength()) {
                return new EcdsaPublicKey(curve, octets);
            }
            if (octets.length() == curve.pointLength() + 1 && octets.get(0) == UNCOMPRESSED) {
                return new EcdsaPublicKey(curve, octets.from(1));
            }
        }
        throw new KeyFormatException("unrecognized EC Public Key with length " + octets.length());
    }

    static EcdsaPublicKey of(SubjectPublicKeyInfo info) throws KeyFormatException {
        Bytes octets = Bytes.wrap(info.getPublicKeyData().getOctets());
        Optional<Curve> curve = Curve.of(info.getAlgorithm().getParameters());
        if (curve.isEmpty() || octets.length() != curve.get().pointLength() + 1 || octets.get(0) != UNCOMPRESSED) {
            throw new KeyFormatException("extracting Public Key from Subject Public Key Info");
        }
        return new EcdsaPublicKey(curve.get(), octets.from(1));
    }

    private Bytes uncompressed() {
        return Bytes.concat(Bytes.of(UNCOMPRESSED), point);
    }

    @Override
    public KeyType type() {
        return KeyType.ECDSA;
    }

    @Override
    public Ckaid ckaid() {
        return Ckaid.of(uncompressed());
    }

    @Override
    public String keyId() {
        return PublicKey.keyIdOf(ckaid().octets());
    }

    @Override
    public int bits() {
        return curve.bits();
    }

    @Override
    public Bytes ipseckey() {
        return point;
    }

    @Override
    public Bytes subjectPublicKeyInfo() {
        try {
            return Bytes.wrap(new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve.oid),
                            uncompressed().toArray())
                    .getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public java.security.PublicKey forProvider() throws GeneralSecurityException {
        return KeyFactory.getInstance("EC")
                .generatePublic(new X509EncodedKeySpec(subjectPublicKeyInfo().toArray()));
    }
}
