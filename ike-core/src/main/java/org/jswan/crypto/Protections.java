// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Arrays;
import org.jswan.base.Secret;

/** Makes the {@link Protection} that a pair of algorithms gives. */
public final class Protections {
    private Protections() {}

    /**
     * One direction's protection. It keeps copies of the keys, not the secrets themselves.
     *
     * @param encrKey with its salt behind it, as in SK_ei or SK_er
     * @param integ {@link Integ#NONE} if {@code encr} is an AEAD, else one that IKE can use
     * @param integKey as in SK_ai or SK_ar; empty with an AEAD
     * @throws IllegalArgumentException if the algorithms do not go together or a key has a wrong length
     */
    public static Protection of(Encr encr, Secret encrKey, Integ integ, Secret integKey) {
        if (encr.isAead() != (integ == Integ.NONE)) {
            throw new IllegalArgumentException(encr.fqn() + " does not go with integrity " + integ.fqn());
        }
        return encr.isAead()
                ? new AeadProtection(encr, encrKey)
                : new EncryptThenMacProtection(encr, encrKey, integ, integKey);
    }

    /** The key without its salt. */
    static byte[] keyOf(Encr encr, Secret keyAndSalt) {
        int length = keyAndSalt.length() - encr.saltLength();
        if (length < 0 || !encr.hasKeyBits(length * Byte.SIZE)) {
            throw new IllegalArgumentException(
                    encr.fqn() + " has no key with salt of " + keyAndSalt.length() + " octets");
        }
        return Arrays.copyOf(keyAndSalt.expose(), length);
    }

    /** Puts {@code value} into the first eight octets of {@code octets}. */
    static void putCounter(long value, byte[] octets) {
        for (int i = 0; i < Long.BYTES; i++) {
            octets[i] = (byte) (value >>> (Long.SIZE - Byte.SIZE * (i + 1)));
        }
    }
}
