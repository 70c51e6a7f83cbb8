// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void printsItsLengthOnly() {
        Secret secret = Secret.copyOf(Bytes.ofUtf8("key"));
        assertThat(secret).hasToString("Secret[3 bytes]");
        secret.destroy();
        assertThat(secret).hasToString("Secret[destroyed]");
    }

    @Test
    void destroyingOverwritesTheOctets() {
        byte[] octets = {1, 2, 3};
        try (Secret secret = Secret.take(octets)) {
            assertThat(secret.expose()).isSameAs(octets);
            assertThat(secret.isDestroyed()).isFalse();
        }
        assertThat(octets).containsExactly(0, 0, 0);
    }

    @Test
    void aDestroyedSecretRefusesEveryUse() {
        Secret secret = Secret.copyOf(new byte[] {1, 2});
        Secret other = secret.copy();
        secret.destroy();
        secret.destroy();
        assertThat(secret.isDestroyed()).isTrue();
        assertThatIllegalStateException().isThrownBy(secret::length);
        assertThatIllegalStateException().isThrownBy(secret::expose);
        assertThatIllegalStateException().isThrownBy(secret::copy);
        assertThatIllegalStateException().isThrownBy(() -> secret.slice(0, 1));
        assertThatIllegalStateException().isThrownBy(() -> other.equals(secret));
        assertThat(other.length()).isEqualTo(2);
    }

    @Test
    void comparesByOctets() {
        Secret secret = Secret.copyOf(new byte[] {1, 2, 3});
        assertThat(secret.equals(Secret.copyOf(Bytes.of(1, 2, 3)))).isTrue();
        assertThat(secret.equals(Secret.copyOf(Bytes.of(1, 2, 4)))).isFalse();
        assertThat(secret.equals(Secret.copyOf(Bytes.of(1, 2)))).isFalse();
        assertThatThrownBy(secret::hashCode).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void slicesAreSecretsOfTheirOwn() {
        Secret secret = Secret.copyOf(new byte[] {1, 2, 3});
        Secret slice = secret.slice(1, 2);
        secret.destroy();
        assertThat(slice.expose()).containsExactly(2, 3);
        assertThatThrownBy(() -> slice.slice(1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void whatIsTakenOutOfAMessageIsNotThereAnyMore() {
        Bytes message = Bytes.wrap("name:word!".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        try (Secret password = Secret.move(message.slice(5, 4))) {
            assertThat(password).isEqualTo(Secret.copyOf(Bytes.ofUtf8("word")));
        }
        assertThat(message).isEqualTo(Bytes.ofUtf8("name:\0\0\0\0!"));
    }
}
