// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Optional;

/**
 * The algorithms of an ESP or AH SA.
 *
 * @param encr empty for AH
 * @param encrKeyBits key length of {@code encr}, 0 if it has none
 * @param integ {@link Integ#NONE} with an AEAD
 */
public record ChildSuite(Optional<Encr> encr, int encrKeyBits, Integ integ) {
    /** Octets of encryption key with its salt that one direction needs. */
    public int encrKeyLength() {
        return encr.map(e -> e.keyMaterialLength(encrKeyBits)).orElse(0);
    }

    /** As logged when the SA is established, behind {@code xfrm=}: {@code AES_GCM_16_256-NONE}, for AH {@code HMAC_SHA1_96}. */
    public String transformName() {
        return encr.map(e -> cipherName(e) + "-").orElse("") + integ.fqn();
    }

    /** As status lines print it: {@code AES_GCM_16_256-NONE}, the key length with three digits also where it is 0. */
    public String statusName() {
        return encr.map(e -> String.format("%s_%03d-", e.fqn(), encrKeyBits)).orElse("") + integ.fqn();
    }

    private String cipherName(Encr cipher) {
        // as libreswan: the one key length that a cipher can have goes without saying
        return cipher.isKeyLengthOmitted() && (encrKeyBits == 0 || encrKeyBits == cipher.defaultKeyBits())
                ? cipher.fqn()
                : cipher.fqn() + "_" + encrKeyBits;
    }
}
