// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ikev1CipherTest {
    /** NIST SP 800-38A, F.2.1: CBC-AES128. */
    private static final Secret KEY = Secret.copyOf(Bytes.ofHex("2b7e151628aed2a6abf7158809cf4f3c"));

    private static final Bytes FIRST = Bytes.ofHex("6bc1bee22e409f96e93d7e117393172a");
    private static final Bytes SECOND = Bytes.ofHex("ae2d8a571e03ac9c9eb76fac45af8e51");

    @Test
    void chainsMessagesByTheLastBlockOfCiphertext() {
        Ikev1Cipher cipher = new Ikev1Cipher(Encr.AES_CBC, KEY);
        Ikev1Cipher.Result first = cipher.encrypt(Bytes.ofHex("000102030405060708090a0b0c0d0e0f"), FIRST);
        assertThat(first.octets()).isEqualTo(Bytes.ofHex("7649abac8119b246cee98e9b12e9197d"));
        Ikev1Cipher.Result second = cipher.encrypt(first.nextIv(), SECOND);
        assertThat(second.octets()).isEqualTo(Bytes.ofHex("5086cb9b507219ee95db113a917678b2"));
        assertThat(second.nextIv()).isEqualTo(second.octets());
        assertThat(cipher.decrypt(first.nextIv(), second.octets()))
                .isEqualTo(new Ikev1Cipher.Result(SECOND, second.octets()));
    }

    @ParameterizedTest
    @CsvSource({"AES_CBC,16", "AES_CBC,32", "TRIPLE_DES_CBC,24", "CAMELLIA_CBC,24", "AES_CTR,16"})
    void bothEndsKeepInStep(Encr encr, int keyLength) {
        Secret key = Secret.take(new byte[keyLength]);
        Ikev1Cipher sender = new Ikev1Cipher(encr, key);
        Ikev1Cipher receiver = new Ikev1Cipher(encr, key);
        Bytes iv = Bytes.wrap(new byte[sender.blockSize()]);
        Bytes payloads = Bytes.ofHex("01".repeat(37));
        Ikev1Cipher.Result sent = sender.encrypt(iv, payloads);
        Ikev1Cipher.Result received = receiver.decrypt(iv, sent.octets());
        assertThat(received.octets()).isEqualTo(sender.padded(payloads));
        assertThat(received.nextIv()).isEqualTo(sent.nextIv());
        assertThat(receiver.decrypt(
                                received.nextIv(),
                                sender.encrypt(sent.nextIv(), FIRST).octets())
                        .octets())
                .isEqualTo(FIRST);
    }

    @Test
    void countsBlocksInCounterMode() {
        Ikev1Cipher cipher = new Ikev1Cipher(Encr.AES_CTR, KEY);
        assertThat(cipher.encrypt(Bytes.ofHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), FIRST.plus(SECOND))
                        .nextIv())
                .isEqualTo(Bytes.ofHex("f0f1f2f3f4f5f6f7f8f9fafbfcfdff01"));
    }

    @Test
    void padsWithZerosOnlyWhereABlockIsNotFull() {
        Ikev1Cipher cipher = new Ikev1Cipher(Encr.TRIPLE_DES_CBC, Secret.take(new byte[24]));
        assertThat(cipher.padded(Bytes.ofHex("ff".repeat(8)))).isEqualTo(Bytes.ofHex("ff".repeat(8)));
        assertThat(cipher.padded(Bytes.ofHex("ff".repeat(9)))).isEqualTo(Bytes.ofHex("ff".repeat(9) + "00".repeat(7)));
    }

    @Test
    void tellsWhatCannotBeDecrypted() {
        Ikev1Cipher cipher = new Ikev1Cipher(Encr.AES_CBC, KEY);
        assertThat(cipher.hasWholeBlocks(Bytes.EMPTY)).isFalse();
        assertThat(cipher.hasWholeBlocks(FIRST.first(15))).isFalse();
        assertThat(cipher.hasWholeBlocks(FIRST.plus(SECOND))).isTrue();
    }

    @Test
    void refusesWhatIkev1CannotHave() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Ikev1Cipher(Encr.AES_GCM_16, KEY));
        assertThatIllegalArgumentException().isThrownBy(() -> new Ikev1Cipher(Encr.AES_CBC, Secret.take(new byte[15])));
    }
}
