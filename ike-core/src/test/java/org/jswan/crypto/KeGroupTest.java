// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.params.DHParameters;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.PeerValueException;
import org.jswan.random.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class KeGroupTest {
    private final RandomSource random = new Random(3)::nextBytes;

    /** A group of RFC 3526 with the constant of its formula. */
    private record Modp(int bits, int constant, DHParameters group) {}

    static Stream<Modp> primes() {
        return Stream.of(
                new Modp(1536, 741804, DHStandardGroups.rfc3526_1536),
                new Modp(2048, 124476, DHStandardGroups.rfc3526_2048),
                new Modp(3072, 1690314, DHStandardGroups.rfc3526_3072),
                new Modp(4096, 240904, DHStandardGroups.rfc3526_4096),
                new Modp(6144, 929484, DHStandardGroups.rfc3526_6144),
                new Modp(8192, 4743158, DHStandardGroups.rfc3526_8192));
    }

    @ParameterizedTest
    @MethodSource("primes")
    void primesAreThoseOfRfc3526(Modp modp) {
        // 2^n - 2^(n-64) - 1 + 2^64 * ([2^(n-130) pi] + constant)
        BigInteger scaledPi = pi(modp.bits())
                .multiply(new BigDecimal(BigInteger.TWO.pow(modp.bits() - 130)))
                .toBigInteger();
        BigInteger prime = BigInteger.TWO
                .pow(modp.bits())
                .subtract(BigInteger.TWO.pow(modp.bits() - 64))
                .subtract(BigInteger.ONE)
                .add(scaledPi.add(BigInteger.valueOf(modp.constant())).shiftLeft(64));
        assertThat(modp.group().getP()).isEqualTo(prime);
        assertThat(modp.group().getG()).isEqualTo(BigInteger.TWO);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void bothSidesAgree(KeGroup group) throws PeerValueException {
        KeyExchange one = group.generate(random);
        KeyExchange other = group.generate(random);
        assertThat(one.publicValue().length()).isEqualTo(group.publicLength());
        assertThat(one.publicValue()).isNotEqualTo(other.publicValue());
        Secret shared = one.sharedSecret(other.publicValue());
        assertThat(shared).isEqualTo(other.sharedSecret(one.publicValue()));
        // RFC 5903 §7: of a point, the x coordinate
        assertThat(shared.length())
                .isEqualTo(group.kind() == KeGroup.Kind.ECP ? group.publicLength() / 2 : group.publicLength());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void refusesValuesOfAnotherLength(KeGroup group) {
        KeyExchange exchange = group.generate(random);
        Bytes valid = group.generate(random).publicValue();
        for (Bytes peer : new Bytes[] {
            Bytes.EMPTY, valid.from(1), valid.plus(Bytes.of(0)), Bytes.of(0).plus(valid)
        }) {
            assertThatThrownBy(() -> exchange.sharedSecret(peer)).isInstanceOf(PeerValueException.class);
        }
    }

    @Test
    void refusesModpValuesOfSmallOrder() {
        BigInteger prime = DHStandardGroups.rfc3526_2048.getP();
        KeyExchange exchange = KeGroup.MODP2048.generate(random);
        for (BigInteger value : new BigInteger[] {
            BigInteger.ZERO,
            BigInteger.ONE,
            prime.subtract(BigInteger.ONE),
            prime,
            prime.add(BigInteger.ONE),
            BigInteger.TWO.pow(2048).subtract(BigInteger.ONE)
        }) {
            assertThatThrownBy(() -> exchange.sharedSecret(octets(value, 256))).isInstanceOf(PeerValueException.class);
        }
    }

    @Test
    void keepsZerosInFrontOfAModpSecret() throws PeerValueException {
        KeyExchange exchange = KeGroup.MODP1536.generate(random);
        // some value whose power is short is found soon among 2, 3, 4 ...
        for (int value = 2; value < 4000; value++) {
            Secret shared = exchange.sharedSecret(octets(BigInteger.valueOf(value), 192));
            assertThat(shared.length()).isEqualTo(192);
            if (shared.expose()[0] == 0) {
                return;
            }
        }
        throw new AssertionError("no short secret found");
    }

    @ParameterizedTest
    @EnumSource(names = {"DH19", "DH20", "DH21"})
    void refusesPointsOffTheCurve(KeGroup group) {
        KeyExchange exchange = group.generate(random);
        byte[] off = group.generate(random).publicValue().toArray();
        off[off.length - 1] ^= 1;
        byte[] infinity = new byte[off.length];
        byte[] huge = new byte[off.length];
        Arrays.fill(huge, (byte) 0xff);
        for (byte[] peer : new byte[][] {off, infinity, huge}) {
            assertThatThrownBy(() -> exchange.sharedSecret(Bytes.wrap(peer))).isInstanceOf(PeerValueException.class);
        }
    }

    @Test
    void refusesX25519ResultsOfZeros() {
        KeyExchange exchange = KeGroup.DH31.generate(random);
        for (String peer : new String[] {"00".repeat(32), "01" + "00".repeat(31), "ed" + "ff".repeat(30) + "7f"}) {
            assertThatThrownBy(() -> exchange.sharedSecret(Bytes.ofHex(peer))).isInstanceOf(PeerValueException.class);
        }
    }

    @Test
    void x25519IgnoresTheTopBit() throws PeerValueException {
        KeyExchange exchange = KeGroup.DH31.generate(random);
        byte[] peer = KeGroup.DH31.generate(random).publicValue().toArray();
        Secret shared = exchange.sharedSecret(Bytes.copyOf(peer));
        peer[31] |= (byte) 0x80;
        assertThat(exchange.sharedSecret(Bytes.wrap(peer))).isEqualTo(shared);
    }

    @Test
    void noneGeneratesNothing() {
        assertThatThrownBy(() -> KeGroup.NONE.generate(random)).isInstanceOf(IllegalStateException.class);
    }

    private static Bytes octets(BigInteger value, int length) {
        byte[] octets = new byte[length];
        byte[] signed = value.toByteArray();
        int count = Math.min(length, signed.length);
        System.arraycopy(signed, signed.length - count, octets, length - count, count);
        return Bytes.wrap(octets);
    }

    /** Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239). */
    private static BigDecimal pi(int bits) {
        int digits = bits / 3 + 20;
        return inverseTangent(5, digits)
                .multiply(BigDecimal.valueOf(16))
                .subtract(inverseTangent(239, digits).multiply(BigDecimal.valueOf(4)))
                .round(new MathContext(digits - 5, RoundingMode.DOWN));
    }

    private static BigDecimal inverseTangent(int inverse, int digits) {
        BigDecimal square = BigDecimal.valueOf((long) inverse * inverse);
        BigDecimal power = BigDecimal.ONE.divide(BigDecimal.valueOf(inverse), digits, RoundingMode.DOWN);
        BigDecimal sum = power;
        for (int i = 3; power.signum() != 0; i += 2) {
            power = power.divide(square, digits, RoundingMode.DOWN).negate();
            sum = sum.add(power.divide(BigDecimal.valueOf(i), digits, RoundingMode.DOWN));
        }
        return sum;
    }
}
