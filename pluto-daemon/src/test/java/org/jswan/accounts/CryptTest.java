// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hashes made by the C library's crypt(3) by way of Perl, and by {@code openssl passwd}. */
class CryptTest {
    private final Crypt crypt = new Crypt();

    private boolean fits(Bytes password, String hash) {
        Bytes octets = Bytes.ofUtf8(hash);
        return crypt.hash(Secret.copyOf(password), octets)
                .filter(octets::equals)
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.",
                "$5$rounds=1000$saltstring$AH5PD0i.riCRu4BNDy9v7OPV7u3dfLBApcXI6khquVA",
                "$1$saltstri$WHZcnT3IOdSrMvizOq7Ht1",
                "abNANd1rDfiNc",
                "$y$j9T$saltsaltsaltsalt$.Zt5W26jjocuW0wIHGgB6AJelofw6GEpOypHGyow2y5",
                "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
            })
    void everyMethodOfTheMachineIsKnown(String hash) {
        assertThat(fits(Bytes.ofUtf8("secret"), hash)).isTrue();
        assertThat(fits(Bytes.ofUtf8("Secret"), hash)).isFalse();
        assertThat(fits(Bytes.EMPTY, hash)).isFalse();
    }

    @Test
    void aPasswordIsOctets() {
        Bytes latin = Bytes.of('s', 0xe4, 'c', 'r', 'e', 't');
        String hash = "$6$x$caoqeklUcOBx50XcnGim8Yz/kk2p64oKrpBNrRurI3PL1Ip01OMdvfhv5k0o2r8sDM2YvEQ0wNFm8O6MCOcu0.";
        assertThat(fits(latin, hash)).isTrue();
        assertThat(fits(Bytes.ofUtf8("s\u00e4cret"), hash)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*0", "*1", "!", "$apr1$x$", "$9$x$y", "a", "secret", "\n", "$6$x$wrong"})
    void whatIsNoHashFitsNoPassword(String hash) {
        assertThat(fits(Bytes.ofUtf8("secret"), hash)).isFalse();
        assertThat(fits(Bytes.EMPTY, hash)).isFalse();
    }
}
