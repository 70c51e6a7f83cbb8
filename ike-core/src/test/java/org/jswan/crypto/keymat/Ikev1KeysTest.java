// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.Encr;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.Ikev1Cipher;
import org.jswan.crypto.Integ;
import org.jswan.crypto.KeGroup;
import org.jswan.crypto.Prf;
import org.junit.jupiter.api.Test;

/** SKEYIDs are NIST CAVP's (IKEv1 KDF, SHA-1, the first of each file); the rest was computed from them by another program. */
class Ikev1KeysTest {
    private static final IkeSuite SUITE = new IkeSuite(Encr.AES_CBC, 256, Prf.HMAC_SHA1, Integ.NONE, KeGroup.MODP2048);
    private static final Nonces NONCES = new Nonces(Bytes.ofHex("b9a2d0e922dc66dd"), Bytes.ofHex("2130166863b5ddef"));
    private static final Bytes COOKIE_I = Bytes.ofHex("83d374c30b3b5082");
    private static final Bytes COOKIE_R = Bytes.ofHex("5afc0da06c728029");
    private static final Bytes GXI = Bytes.of(0x0a);
    private static final Bytes GXR = Bytes.of(0x0b);
    private static final long MESSAGE_ID = 0xfedcba98L;
    private static final SpiPair SPIS = new SpiPair(Bytes.ofHex("0000beef"), Bytes.ofHex("0000cafe"));

    @Test
    void derivesKeysFromASharedSecret() {
        try (Ikev1Keys keys = shared(SUITE)) {
            assertThat(keys.skeyid()).isEqualTo(secret("62b04d112877e442fc3282fc37c076997718a0b9"));
            assertThat(keys.skeyidD()).isEqualTo(secret("369e5aad1bdb5faf6a3d929d500cdc236710a9ab"));
            assertThat(keys.skeyidA()).isEqualTo(secret("588e957d8d790d093b3a39f121473473af78e9bb"));
            assertThat(keys.skeyidE()).isEqualTo(secret("cd74b0c048219db81384d3fda8f6cda51e398a2b"));
        }
    }

    @Test
    void derivesKeysForSignatures() {
        Secret gxy = secret("8ba4cbc73c0187301dc19a975823854dbd641c597f637f8d053a83b9514673eb");
        Nonces nonces = new Nonces(Bytes.ofHex("69a62284195f1680"), Bytes.ofHex("80c94ba25c8abda5"));
        try (Ikev1Keys keys = Ikev1Keys.forSignatures(
                SUITE, gxy, nonces, Bytes.ofHex("8c3bcd3a69831d7f"), Bytes.ofHex("d2d9a7ff4fbe95a7"))) {
            assertThat(keys.skeyid()).isEqualTo(secret("707197817fb2d90cf54d1842606bdea59b9f4823"));
            assertThat(keys.skeyidD()).isEqualTo(secret("384be709a8a5e63c3ed160cfe3921c4b37d5b32d"));
            assertThat(keys.skeyidA()).isEqualTo(secret("48b327575abe3adba0f279849e289022a13e2b47"));
            assertThat(keys.skeyidE()).isEqualTo(secret("a4a415c8e0c38c0da847c356cc61c24df8025560"));
        }
    }

    @Test
    void stretchesAKeyThatIsTooShortForTheCipher() {
        try (Ikev1Keys keys = shared(SUITE)) {
            assertThat(keys.cipherKey())
                    .isEqualTo(secret("9ce3201d5c6cf897a6cba863e68c634d8d63805d1f20e30bf6884e2a4ee9fc8a"));
        }
    }

    @Test
    void cutsAKeyThatIsLongEnough() {
        IkeSuite suite = new IkeSuite(Encr.AES_CBC, 128, Prf.HMAC_SHA1, Integ.NONE, KeGroup.MODP2048);
        try (Ikev1Keys keys = shared(suite)) {
            assertThat(keys.cipherKey()).isEqualTo(secret("cd74b0c048219db81384d3fda8f6cda5"));
        }
    }

    @Test
    void hashesWhatBothEndsProveThemselvesWith() {
        try (Ikev1Keys keys = shared(SUITE)) {
            assertThat(keys.hashI(GXI, GXR, COOKIE_I, COOKIE_R, Bytes.of(0x0c), Bytes.of(0x0d)))
                    .isEqualTo(Bytes.ofHex("cdff5c02ece389eee10de5540f295b173048c845"));
            assertThat(keys.hashR(GXI, GXR, COOKIE_I, COOKIE_R, Bytes.of(0x0c), Bytes.of(0x0d)))
                    .isEqualTo(Bytes.ofHex("20b2734c1edbc0da3f0c44fcc64e9ab0134ac9b4"));
        }
    }

    @Test
    void hashesMessagesThatItProtects() {
        try (Ikev1Keys keys = shared(SUITE)) {
            Bytes rest = Bytes.of(0x0e);
            assertThat(keys.quickHash1(MESSAGE_ID, rest))
                    .isEqualTo(Bytes.ofHex("b54ec36e33a44a9957ddbbc196f2bbeff234f888"));
            assertThat(keys.quickHash2(MESSAGE_ID, NONCES.ni(), rest))
                    .isEqualTo(Bytes.ofHex("ae78f8574f8139c9b797cf081b1ee6b030776962"));
            assertThat(keys.quickHash3(MESSAGE_ID, NONCES))
                    .isEqualTo(Bytes.ofHex("bdbcdc0801ee07c92623a58f043b79724b343841"));
            assertThat(keys.informationalHash(MESSAGE_ID, rest)).isEqualTo(keys.quickHash1(MESSAGE_ID, rest));
        }
    }

    @Test
    void computesTheFirstIvOfBothPhases() {
        try (Ikev1Keys keys = shared(SUITE)) {
            assertThat(keys.phase1Iv(GXI, GXR)).isEqualTo(Bytes.ofHex("e26e7b993570e35ea17c3ce9ef344cfd"));
            assertThat(keys.phase2Iv(Bytes.wrap(new byte[16]), MESSAGE_ID))
                    .isEqualTo(Bytes.ofHex("0f59369e6fbd79e44c83a55957928681"));
        }
    }

    @Test
    void cutsIvsToTheBlockOfTheCipher() {
        IkeSuite suite = new IkeSuite(Encr.TRIPLE_DES_CBC, 192, Prf.HMAC_SHA1, Integ.NONE, KeGroup.MODP2048);
        try (Ikev1Keys keys = shared(suite)) {
            assertThat(keys.phase1Iv(GXI, GXR)).isEqualTo(Bytes.ofHex("e26e7b993570e35e"));
        }
    }

    @Test
    void encryptsWithTheStretchedKey() {
        try (Ikev1Keys keys = shared(SUITE)) {
            Bytes iv = Bytes.wrap(new byte[16]);
            Bytes plaintext = Bytes.ofHex("11".repeat(16));
            Bytes encrypted = new Ikev1Cipher(
                            Encr.AES_CBC, secret("9ce3201d5c6cf897a6cba863e68c634d8d63805d1f20e30bf6884e2a4ee9fc8a"))
                    .encrypt(iv, plaintext)
                    .octets();
            assertThat(keys.cipher().encrypt(iv, plaintext).octets()).isEqualTo(encrypted);
        }
    }

    @Test
    void derivesChildKeysOfEachDirectionFromItsReceiversSpi() {
        ChildSuite suite = new ChildSuite(Optional.of(Encr.AES_CBC), 256, Integ.HMAC_SHA1_96);
        try (Ikev1Keys isakmp = shared(SUITE);
                ChildKeys keys =
                        ChildKeys.deriveIkev1(isakmp, Optional.of(secret("aaaaaaaa")), NONCES, 3, SPIS, suite)) {
            assertThat(keys.encr(true))
                    .isEqualTo(secret("d161e81bcb698bed76c86d4df3e96c04c47aa2606688b5f74c8bd70f20e95633"));
            assertThat(keys.integ(true)).isEqualTo(secret("50bce90d1f63d728f595a5e0d33bab7fc7cea415"));
            assertThat(keys.encr(false))
                    .isEqualTo(secret("28dcce19831aac2003934161e20a258bdf8f321a9a03f79ed1e43ee2ac4f93fa"));
            assertThat(keys.integ(false)).isEqualTo(secret("1482be86c4bda9e804eb32180db6c235a59e33a1"));
        }
    }

    @Test
    void derivesKeysOfAhWithoutForwardSecrecy() {
        ChildSuite suite = new ChildSuite(Optional.empty(), 0, Integ.HMAC_SHA1_96);
        try (Ikev1Keys isakmp = shared(SUITE);
                ChildKeys keys = ChildKeys.deriveIkev1(isakmp, Optional.empty(), NONCES, 2, SPIS, suite)) {
            assertThat(keys.encr(true).length()).isZero();
            assertThat(keys.integ(true)).isEqualTo(secret("7e6fb9b6400768663288b40a6f1dc63ccb6b8c0c"));
            assertThat(keys.integ(false)).isEqualTo(secret("a531ee95cfbb494c5838d1bc91752fc4ae87aecb"));
        }
    }

    @Test
    void destroysAllKeys() {
        Ikev1Keys keys = shared(SUITE);
        keys.close();
        assertThat(keys.skeyid().isDestroyed()
                        && keys.skeyidD().isDestroyed()
                        && keys.skeyidA().isDestroyed()
                        && keys.skeyidE().isDestroyed()
                        && keys.cipherKey().isDestroyed())
                .isTrue();
    }

    private static Ikev1Keys shared(IkeSuite suite) {
        try (Secret psk = secret("75");
                Secret gxy = secret("739003ba2c11c982946c65e26acf661fbf8ebb78011a9fead79efa12fe3e71cc")) {
            return Ikev1Keys.forPresharedKey(suite, psk, gxy, NONCES, COOKIE_I, COOKIE_R);
        }
    }

    private static Secret secret(String hex) {
        return Secret.copyOf(Bytes.ofHex(hex));
    }
}
