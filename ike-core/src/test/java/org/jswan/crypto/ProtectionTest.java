// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.random.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProtectionTest {
    private static final Bytes ASSOCIATED = Bytes.ofHex("000102030405060708090a0b0c0d0e0f");
    private final RandomSource random = new Random(7)::nextBytes;

    private record Suite(Encr encr, int keyBits, Integ integ) {
        Protection protection() {
            return Protections.of(encr, secret(encr.keyMaterialLength(keyBits)), integ, secret(integ.keyLength()));
        }
    }

    static Stream<Suite> suites() {
        return Encr.ALL.stream()
                .filter(encr -> encr.isForIke() || encr.fqn().startsWith("AES_CCM"))
                .flatMap(encr ->
                        encr.keyBits().stream().flatMap(bits -> integs(encr).map(i -> new Suite(encr, bits, i))));
    }

    private static Stream<Integ> integs(Encr encr) {
        return encr.isAead() ? Stream.of(Integ.NONE) : Integ.ALL.stream().filter(i -> i.isForIke() && i != Integ.NONE);
    }

    @ParameterizedTest
    @MethodSource("suites")
    void opensWhatItSeals(Suite suite) {
        Protection sender = suite.protection();
        Protection receiver = suite.protection();
        for (int blocks = 0; blocks < 5; blocks++) {
            Bytes plaintext = random.bytes(blocks * sender.blockSize());
            Bytes sealed = sender.seal(ASSOCIATED, plaintext, random);
            assertThat(sealed.length()).isEqualTo(sender.ivLength() + plaintext.length() + sender.icvLength());
            assertThat(receiver.open(ASSOCIATED, sealed)).contains(plaintext);
            // it may come again
            assertThat(receiver.open(ASSOCIATED, sealed)).contains(plaintext);
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void refusesEveryPrefixAndEveryFlippedOctet(Suite suite) {
        Protection sender = suite.protection();
        Protection receiver = suite.protection();
        Bytes sealed = sender.seal(ASSOCIATED, random.bytes(2 * sender.blockSize()), random);
        for (int i = 0; i < sealed.length(); i++) {
            assertThat(receiver.open(ASSOCIATED, sealed.first(i))).isEmpty();
            byte[] spoilt = sealed.toArray();
            spoilt[i] ^= 1;
            assertThat(receiver.open(ASSOCIATED, Bytes.wrap(spoilt))).isEmpty();
        }
        assertThat(receiver.open(ASSOCIATED.first(15), sealed)).isEmpty();
        assertThat(receiver.open(ASSOCIATED, sealed)).isPresent();
    }

    @ParameterizedTest
    @MethodSource("suites")
    void neverUsesAnIvTwice(Suite suite) {
        Protection sender = suite.protection();
        Set<Bytes> seen = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            Bytes sealed = sender.seal(ASSOCIATED, Bytes.EMPTY, random);
            assertThat(seen.add(sealed.first(sender.ivLength()))).isTrue();
        }
    }

    @Test
    void countsIvsWhateverTheRandomSourceSays() {
        Protection sender = new Suite(Encr.AES_GCM_16, 256, Integ.NONE).protection();
        RandomSource stuck = octets -> {};
        assertThat(sender.seal(ASSOCIATED, Bytes.EMPTY, stuck).first(8)).isEqualTo(Bytes.ofHex("0000000000000001"));
        assertThat(sender.seal(ASSOCIATED, Bytes.EMPTY, stuck).first(8)).isEqualTo(Bytes.ofHex("0000000000000002"));
    }

    @Test
    void macsWhatPrecedesIt() {
        Suite suite = new Suite(Encr.AES_CBC, 128, Integ.HMAC_SHA2_256_128);
        Bytes sealed = suite.protection().seal(ASSOCIATED, random.bytes(16), random);
        assertThat(sealed.from(32))
                .isEqualTo(suite.integ()
                        .start(secret(32))
                        .update(ASSOCIATED)
                        .update(sealed.first(32))
                        .finish());
    }

    @Test
    void ctrCountsBlocksFromOneBehindNonceAndIv() {
        Suite suite = new Suite(Encr.AES_CTR, 128, Integ.HMAC_SHA1_96);
        Bytes sealed = suite.protection().seal(ASSOCIATED, Bytes.wrap(new byte[16]), random);
        Secret material = secret(20);
        byte[] stream = new byte[16];
        byte[] block = Bytes.concat(Bytes.copyOf(material.expose(), 16, 4), sealed.first(8), Bytes.ofHex("00000001"))
                .toArray();
        EncryptThenMacProtection.cipher(
                        Encr.AES_CTR, Bytes.copyOf(material.expose(), 0, 16).toArray())
                .encrypt(block, new byte[16], stream, 0);
        assertThat(sealed.slice(8, 16)).isEqualTo(Bytes.wrap(stream));
    }

    @Test
    void aeadNonceIsSaltAndIv() {
        Suite suite = new Suite(Encr.AES_GCM_16, 128, Integ.NONE);
        Bytes plaintext = random.bytes(20);
        Bytes sealed = suite.protection().seal(ASSOCIATED, plaintext, random);
        Secret material = secret(20);
        byte[] nonce =
                Bytes.copyOf(material.expose(), 16, 4).plus(sealed.first(8)).toArray();
        assertThat(AeadProtection.cipher(
                                Encr.AES_GCM_16,
                                Bytes.copyOf(material.expose(), 0, 16).toArray())
                        .open(nonce, ASSOCIATED.toArray(), sealed.toArray(), 8, 36)
                        .map(Bytes::wrap))
                .contains(plaintext);
    }

    @Test
    void refusesAlgorithmsThatDoNotGoTogether() {
        assertThatThrownBy(() -> new Suite(Encr.AES_GCM_16, 128, Integ.HMAC_SHA1_96).protection())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Suite(Encr.AES_CBC, 128, Integ.NONE).protection())
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Protections.of(Encr.AES_CBC, secret(17), Integ.HMAC_SHA1_96, secret(20)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Protections.of(Encr.AES_CBC, secret(16), Integ.HMAC_SHA1_96, secret(16)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Suite(Encr.NULL, 0, Integ.HMAC_SHA1_96).protection())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("suites")
    void destroyedKeysProtectNothing(Suite suite) {
        Protection sender = suite.protection();
        Bytes sealed = sender.seal(ASSOCIATED, Bytes.EMPTY, random);
        Protection receiver = suite.protection();
        receiver.destroy();
        boolean opened;
        try {
            opened = receiver.open(ASSOCIATED, sealed).isPresent();
        } catch (RuntimeException e) {
            opened = false;
        }
        assertThat(opened).isFalse();
    }

    /** The octets 1, 2, 3 and so on. */
    private static Secret secret(int length) {
        byte[] octets = new byte[length];
        for (int i = 0; i < length; i++) {
            octets[i] = (byte) (i + 1);
        }
        return Secret.take(octets);
    }
}
