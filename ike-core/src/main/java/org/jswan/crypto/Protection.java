// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.random.RandomSource;

/**
 * The cipher and integrity keys of one direction of an IKE SA: what protects the content of an encrypted payload.
 * Whoever calls it lays out and pads the plaintext; this seals and opens octets.
 */
public interface Protection {
    /** Octets of initialisation vector in front of the ciphertext; 0 or more. */
    int ivLength();

    /** The plaintext given to {@link #seal} must be a multiple of this many octets long; 1 where any length will do. */
    int blockSize();

    /** Octets of integrity check value behind the ciphertext. */
    int icvLength();

    /**
     * Encrypts and authenticates.
     *
     * @param associated what is authenticated but not encrypted: the message from its first octet through the generic
     *     header of the encrypted payload (RFC 7296 section 3.14, RFC 5282 section 5.1)
     * @param plaintext the content, padded to {@link #blockSize}
     * @return IV | ciphertext | ICV, that is {@link #ivLength} + the length of the plaintext + {@link #icvLength} octets
     */
    Bytes seal(Bytes associated, Bytes plaintext, RandomSource random);

    /**
     * Checks and decrypts.
     *
     * @param sealed IV | ciphertext | ICV, of any length: it comes from the network
     * @return the padded plaintext, or nothing if the octets are not authentic (which includes an impossible length)
     */
    Optional<Bytes> open(Bytes associated, Bytes sealed);

    /** Forgets the keys; not to be used afterwards. */
    default void destroy() {}

    /** What the log says when {@link #open} refuses octets. */
    default String refusal() {
        return "failed to match authenticator";
    }
}
