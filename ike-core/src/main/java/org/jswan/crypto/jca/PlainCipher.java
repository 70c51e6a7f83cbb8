// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

/** A cipher without authentication under one key; one object for each direction. Not thread-safe. */
public interface PlainCipher {
    /** Writes as many octets of ciphertext as there are of plaintext to {@code out} from {@code at} on. */
    void encrypt(byte[] iv, byte[] plaintext, byte[] out, int at);

    /** Decrypts {@code length} octets of {@code ciphertext} from {@code at} on, whole blocks if it is a block cipher. */
    byte[] decrypt(byte[] iv, byte[] ciphertext, int at, int length);

    /** Forgets the key as far as it is held here; not to be used afterwards. */
    void destroy();
}
