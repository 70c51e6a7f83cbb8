// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.params.DHParameters;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;

/**
 * Diffie-Hellman modulo a safe prime of RFC 3526. Private exponents are short, some of twice the strength of the group
 * (NIST SP 800-56A §5.6.1.1, RFC 7919 §5.2): with one of full length a 2048-bit group takes eight times as long.
 */
public final class ModpAgreement implements Agreement {
    private final BigInteger prime;
    private final int length;
    private BigInteger exponent;
    private final Bytes publicValue;

    private ModpAgreement(DHParameters group, int exponentBits, RandomSource random) {
        prime = group.getP();
        length = prime.bitLength() / Byte.SIZE;
        byte[] octets = new byte[exponentBits / Byte.SIZE];
        random.fill(octets);
        // the top bit is set so that the time taken does not tell the length of the exponent
        exponent = new BigInteger(1, octets).setBit(exponentBits - 1);
        Arrays.fill(octets, (byte) 0);
        publicValue = Bytes.wrap(fixedLength(group.getG().modPow(exponent, prime)));
    }

    /**
     * A new private value.
     *
     * @param bits of the prime, of those in RFC 3526
     */
    public static ModpAgreement generate(int bits, RandomSource random) {
        return switch (bits) {
            case 1536 -> new ModpAgreement(DHStandardGroups.rfc3526_1536, 240, random);
            case 2048 -> new ModpAgreement(DHStandardGroups.rfc3526_2048, 256, random);
            case 3072 -> new ModpAgreement(DHStandardGroups.rfc3526_3072, 288, random);
            case 4096 -> new ModpAgreement(DHStandardGroups.rfc3526_4096, 328, random);
            case 6144 -> new ModpAgreement(DHStandardGroups.rfc3526_6144, 376, random);
            case 8192 -> new ModpAgreement(DHStandardGroups.rfc3526_8192, 416, random);
            default -> throw new IllegalArgumentException("no MODP group of " + bits + " bits");
        };
    }

    @Override
    public Bytes publicValue() {
        return publicValue;
    }

    @Override
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        if (peer.length() != length) {
            throw new PeerValueException(
                    "MODP", "public value has " + peer.length() + " octets where the group has " + length);
        }
        BigInteger value = new BigInteger(1, peer.toArray());
        // RFC 6989 §2.1: a group of a safe prime needs this test and no other
        if (value.compareTo(BigInteger.ONE) <= 0 || value.compareTo(prime.subtract(BigInteger.ONE)) >= 0) {
            // NSS's idea of it, which libreswan passes on
            throw new PeerValueException("MODP", "SEC_ERROR_NO_MEMORY: security library: memory allocation failure.");
        }
        return Secret.take(fixedLength(value.modPow(exponent, prime)));
    }

    @Override
    public void destroy() {
        exponent = null;
    }

    private byte[] fixedLength(BigInteger value) {
        return FixedLength.of(value, length);
    }
}
