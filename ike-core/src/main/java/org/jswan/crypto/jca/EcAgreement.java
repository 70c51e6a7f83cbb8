// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EllipticCurve;
import javax.crypto.KeyAgreement;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/** Diffie-Hellman on a NIST curve over a prime field (RFC 5903): values are x | y, the shared secret is x. */
public final class EcAgreement implements Agreement {
    private static final String PROVIDER = "SunEC";

    private KeyPair pair;
    private final ECParameterSpec curve;
    private final int coordinate;
    private final Bytes publicValue;

    private EcAgreement(KeyPair pair) {
        this.pair = pair;
        ECPublicKey mine = (ECPublicKey) pair.getPublic();
        curve = mine.getParams();
        coordinate = (curve.getCurve().getField().getFieldSize() + Byte.SIZE - 1) / Byte.SIZE;
        publicValue = Bytes.concat(
                Bytes.wrap(FixedLength.of(mine.getW().getAffineX(), coordinate)),
                Bytes.wrap(FixedLength.of(mine.getW().getAffineY(), coordinate)));
    }

    /**
     * A new private value.
     *
     * @param curveName as JCA names it, {@code secp256r1}
     */
    public static EcAgreement generate(String curveName, RandomSource random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", PROVIDER);
            generator.initialize(new ECGenParameterSpec(curveName), new SourcedRandom(random));
            return new EcAgreement(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROVIDER + " lacks " + curveName, e);
        }
    }

    @Override
    public Bytes publicValue() {
        return publicValue;
    }

    @Override
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        if (peer.length() != 2 * coordinate) {
            throw new PeerValueException(
                    "public value has " + peer.length() + " octets where the group has " + 2 * coordinate);
        }
        BigInteger x = new BigInteger(1, peer.first(coordinate).toArray());
        BigInteger y = new BigInteger(1, peer.from(coordinate).toArray());
        checkOnCurve(x, y);
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH", PROVIDER);
            agreement.init(pair.getPrivate());
            agreement.doPhase(
                    KeyFactory.getInstance("EC", PROVIDER)
                            .generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve)),
                    true);
            return Secret.take(agreement.generateSecret());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(PROVIDER + " refuses a point that is on the curve", e);
        }
    }

    /** SunEC's private keys cannot be overwritten, only dropped. */
    @Override
    public void destroy() {
        pair = null;
    }

    /** RFC 6989 §2.3: both coordinates below the prime, and the equation of the curve. */
    private void checkOnCurve(BigInteger x, BigInteger y) throws PeerValueException {
        EllipticCurve equation = curve.getCurve();
        BigInteger prime = ((ECFieldFp) equation.getField()).getP();
        if (x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0) {
            throw new PeerValueException("coordinate of the public value is not below the prime");
        }
        BigInteger right = x.multiply(x)
                .add(equation.getA())
                .multiply(x)
                .add(equation.getB())
                .mod(prime);
        if (!y.multiply(y).mod(prime).equals(right)) {
            throw new PeerValueException("public value is not on the curve");
        }
    }
}
