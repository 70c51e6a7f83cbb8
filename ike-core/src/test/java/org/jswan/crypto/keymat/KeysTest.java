// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.jswan.random.RandomSource;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final Bytes SPI_I = Bytes.ofHex("34c9e7c188868785");
    private static final Bytes SPI_R = Bytes.ofHex("3ff77d760d2b2199");
    private static final Nonces NONCES = new Nonces(Bytes.ofHex("32b50d5f4a3763f3"), Bytes.ofHex("9206a04b26564cb1"));
    private static final String G_IR = "4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52";
    private static final String G_IR_NEW = "863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330";
    private static final IkeSuite SUITE =
            new IkeSuite(Encr.AES_CBC, 128, Prf.HMAC_SHA1, Integ.HMAC_SHA1_96, KeGroup.MODP2048);

    /** NIST CAVP, IKEv2 KDF, HMAC-SHA1: the derived keying material, cut as RFC 7296 §2.14 cuts it. */
    private static final Bytes DKM = Bytes.ofHex("a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002"
            + "a2a63080e514a062768b76606f9fa5e992204fc5a670bde3f10d6b027113936a"
            + "5c55b648a194ae587b0088d52204b702c979fa280870d2ed41efa9c549fd1119"
            + "8af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435a7a56cc4");

    @Test
    void derivesTheKeysOfAnIkeSa() {
        try (IkeKeys keys = initial()) {
            assertThat(keys.skD()).isEqualTo(cut(0, 20));
            assertThat(keys.skAi()).isEqualTo(cut(20, 20));
            assertThat(keys.skAr()).isEqualTo(cut(40, 20));
            assertThat(keys.skEi()).isEqualTo(cut(60, 16));
            assertThat(keys.skEr()).isEqualTo(cut(76, 16));
            assertThat(keys.skP(true)).isEqualTo(cut(92, 20));
            assertThat(keys.skP(false)).isEqualTo(cut(112, 20));
        }
    }

    @Test
    void rekeysWithTheOldPrfAndExpandsWithTheNewOne() {
        IkeSuite next = new IkeSuite(Encr.AES_GCM_16, 256, Prf.HMAC_SHA2_256, Integ.NONE, KeGroup.DH19);
        Secret skeyseed = Secret.copyOf(Bytes.ofHex("63e81194946ebd05df7df5ebf5d8750056bf1f1d"));
        Secret seed = Secret.copyOf(NONCES.joined().plus(SPI_I).plus(SPI_R));
        Secret expected = Prf.HMAC_SHA2_256.plus(skeyseed, seed, 3 * 32 + 2 * 36);
        try (IkeKeys old = initial();
                IkeKeys keys = old.rekey(next, secret(G_IR_NEW), NONCES, SPI_I, SPI_R)) {
            assertThat(keys.skD()).isEqualTo(expected.slice(0, 32));
            assertThat(keys.skEr()).isEqualTo(expected.slice(68, 36));
            assertThat(keys.skP(false)).isEqualTo(expected.slice(136, 32));
        }
    }

    @Test
    void destroysAllKeys() {
        IkeKeys keys = initial();
        keys.close();
        assertThat(keys.skD().isDestroyed()
                        && keys.skEr().isDestroyed()
                        && keys.skP(false).isDestroyed())
                .isTrue();
    }

    @Test
    void usesHalfOfEachNonceWithABlockCipherPrf() {
        IkeSuite suite = new IkeSuite(Encr.AES_CBC, 128, Prf.AES_XCBC, Integ.AES_XCBC_96, KeGroup.MODP2048);
        Nonces nonces = new Nonces(Bytes.wrap(new byte[32]), Bytes.ofHex("01".repeat(20)));
        Secret skeyseed = Secret.copyOf(
                Prf.AES_XCBC.compute(Secret.copyOf(Bytes.ofHex("00".repeat(8) + "01".repeat(8))), Bytes.ofHex(G_IR)));
        Secret seed = Secret.copyOf(nonces.joined().plus(SPI_I).plus(SPI_R));
        try (IkeKeys keys = IkeKeys.initial(suite, secret(G_IR), nonces, SPI_I, SPI_R)) {
            assertThat(keys.skD()).isEqualTo(Prf.AES_XCBC.plus(skeyseed, seed, 16));
        }
    }

    @Test
    void childKeysTakeTheInitiatorsFirstAndEncryptionBeforeIntegrity() {
        ChildSuite suite = new ChildSuite(Optional.of(Encr.AES_CBC), 256, Integ.HMAC_SHA2_256_128);
        try (IkeKeys ike = initial();
                ChildKeys keys = ChildKeys.derive(ike, Optional.empty(), NONCES, suite)) {
            Secret all = Prf.HMAC_SHA1.plus(ike.skD(), Secret.copyOf(NONCES.joined()), 128);
            assertThat(keys.encr(true)).isEqualTo(all.slice(0, 32));
            assertThat(keys.integ(true)).isEqualTo(all.slice(32, 32));
            assertThat(keys.encr(false)).isEqualTo(all.slice(64, 32));
            assertThat(keys.integ(false)).isEqualTo(all.slice(96, 32));
        }
    }

    @Test
    void childKeysWithForwardSecrecyPutTheSharedSecretFirst() {
        ChildSuite suite = new ChildSuite(Optional.of(Encr.AES_GCM_16), 128, Integ.NONE);
        try (IkeKeys ike = initial();
                ChildKeys keys = ChildKeys.derive(ike, Optional.of(secret(G_IR_NEW)), NONCES, suite)) {
            Secret seed = Secret.copyOf(Bytes.ofHex(G_IR_NEW).plus(NONCES.joined()));
            assertThat(keys.encr(false))
                    .isEqualTo(Prf.HMAC_SHA1.plus(ike.skD(), seed, 40).slice(20, 20));
            assertThat(keys.integ(false).length()).isZero();
        }
    }

    @Test
    void aKeylessSuiteHasEmptyKeys() {
        ChildSuite suite = new ChildSuite(Optional.of(Encr.NULL), 0, Integ.NONE);
        try (IkeKeys ike = initial();
                ChildKeys keys = ChildKeys.derive(ike, Optional.empty(), NONCES, suite)) {
            assertThat(keys.encr(true).length()).isZero();
        }
    }

    @Test
    void provesASharedKey() {
        Bytes octets = Bytes.ofHex("0102");
        Secret inner = Secret.copyOf(
                Prf.HMAC_SHA2_256.compute(Secret.copyOf(Bytes.ofUtf8("secret")), Bytes.ofUtf8("Key Pad for IKEv2")));
        assertThat(AuthKeys.preSharedKey(Prf.HMAC_SHA2_256, Secret.copyOf(Bytes.ofUtf8("secret")), octets))
                .isEqualTo(Prf.HMAC_SHA2_256.compute(inner, octets));
    }

    @Test
    void signsTheFirstMessageThePeersNonceAndTheMacOfTheIdentity() {
        try (IkeKeys keys = initial()) {
            Bytes identity = Bytes.ofHex("02000000 61");
            assertThat(AuthKeys.signedOctets(keys, false, Bytes.ofHex("aa"), Bytes.ofHex("bb"), identity))
                    .isEqualTo(Bytes.ofHex("aabb").plus(Prf.HMAC_SHA1.compute(keys.skP(false), identity)));
        }
    }

    @Test
    void bothEndsOpenWhatTheOtherSeals() {
        RandomSource random = new Random(1)::nextBytes;
        try (IkeKeys keys = initial()) {
            Bytes sealed = keys.protection(true).seal(Bytes.ofHex("aa"), Bytes.ofHex("00".repeat(32)), random);
            assertThat(keys.protection(true).open(Bytes.ofHex("aa"), sealed)).contains(Bytes.ofHex("00".repeat(32)));
            assertThat(keys.protection(false).open(Bytes.ofHex("aa"), sealed)).isEmpty();
        }
    }

    private static IkeKeys initial() {
        return IkeKeys.initial(SUITE, secret(G_IR), NONCES, SPI_I, SPI_R);
    }

    private static Secret cut(int from, int count) {
        return Secret.copyOf(DKM.slice(from, count));
    }

    private static Secret secret(String hex) {
        return Secret.copyOf(Bytes.ofHex(hex));
    }
}
