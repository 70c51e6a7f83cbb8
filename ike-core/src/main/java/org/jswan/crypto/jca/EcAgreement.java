// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/**
 * Diffie-Hellman on a NIST curve over a prime field (RFC 5903), of Bouncy Castle: values are x | y, the shared secret is x.
 */
public final class EcAgreement implements Agreement {
    private final X9ECParameters curve;
    private final int coordinate;
    private BigInteger exponent;
    private final Bytes publicValue;

    private EcAgreement(X9ECParameters curve, RandomSource random) {
        this.curve = curve;
        coordinate = (curve.getCurve().getFieldSize() + Byte.SIZE - 1) / Byte.SIZE;
        exponent = exponent(curve.getN(), random);
        ECPoint point =
                new FixedPointCombMultiplier().multiply(curve.getG(), exponent).normalize();
        publicValue = Bytes.concat(
                Bytes.wrap(point.getAffineXCoord().getEncoded()),
                Bytes.wrap(point.getAffineYCoord().getEncoded()));
    }

    /**
     * A new private value.
     *
     * @param curveName as SEC 2 names it, {@code secp256r1}
     */
    public static EcAgreement generate(String curveName, RandomSource random) {
        return new EcAgreement(CustomNamedCurves.getByName(curveName), random);
    }

    @Override
    public Bytes publicValue() {
        return publicValue;
    }

    @Override
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        if (peer.length() != 2 * coordinate) {
            throw new PeerValueException(
                    "ECP", "public value has " + peer.length() + " octets where the group has " + 2 * coordinate);
        }
        ECPoint shared = onCurve(peer).multiply(exponent).normalize();
        return Secret.take(shared.getAffineXCoord().getEncoded());
    }

    @Override
    public void destroy() {
        exponent = null;
    }

    /** RFC 6989 §2.3: both coordinates below the prime, and the equation of the curve. */
    private ECPoint onCurve(Bytes peer) throws PeerValueException {
        BigInteger x = new BigInteger(1, peer.first(coordinate).toArray());
        BigInteger y = new BigInteger(1, peer.from(coordinate).toArray());
        try {
            return curve.getCurve().validatePoint(x, y);
        } catch (IllegalArgumentException e) {
            throw new PeerValueException("ECP", "public value is not on the curve");
        }
    }

    /** A number from 1 to {@code order} - 1, each as likely. */
    private static BigInteger exponent(BigInteger order, RandomSource random) {
        byte[] octets = new byte[(order.bitLength() + Byte.SIZE - 1) / Byte.SIZE];
        int excess = octets.length * Byte.SIZE - order.bitLength();
        BigInteger exponent;
        do {
            random.fill(octets);
            octets[0] &= (byte) (0xff >>> excess);
            exponent = new BigInteger(1, octets);
        } while (exponent.signum() == 0 || exponent.compareTo(order) >= 0);
        Arrays.fill(octets, (byte) 0);
        return exponent;
    }
}
