// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import java.util.Optional;

/**
 * A cipher that authenticates what it encrypts and more, under one key; one object for each direction. Its caller never
 * gives the same nonce twice for sealing. Not thread-safe.
 */
public interface AeadCipher {
    /** Octets of tag behind the ciphertext. */
    int tagLength();

    /** Writes ciphertext and tag to {@code out} from {@code at} on. */
    void seal(byte[] nonce, byte[] associated, byte[] plaintext, byte[] out, int at);

    /**
     * Checks and decrypts {@code length} octets of {@code sealed} from {@code at} on.
     *
     * @return the plaintext, or nothing if the tag is wrong
     */
    Optional<byte[]> open(byte[] nonce, byte[] associated, byte[] sealed, int at, int length);

    /** Forgets the key as far as it is held here; not to be used afterwards. */
    void destroy();
}
