// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.key;

import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;

/** What an NSS database finds the two halves of a key pair and its certificate by: its PKCS#11 attribute CKA_ID. */
public record Ckaid(Bytes octets) {
    /** The CKAID that NSS gives a key: the SHA-1 of an RSA modulus or of an uncompressed point. */
    static Ckaid of(Bytes publicValue) {
        return new Ckaid(publicValue.length() <= Hash.SHA1.length() ? publicValue : Hash.SHA1.digest(publicValue));
    }

    /** Its hexadecimal digits, as configurations and listings have them. */
    @Override
    public String toString() {
        return octets.hex();
    }
}
