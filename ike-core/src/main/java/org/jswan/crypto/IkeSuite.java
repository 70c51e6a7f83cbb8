// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import java.util.Optional;

/**
 * The algorithms of an IKE SA.
 *
 * @param encrKeyBits key length of {@code encr}, one of {@link Encr#keyBits}
 * @param integ {@link Integ#NONE} with an AEAD, and in IKEv1
 */
public record IkeSuite(Encr encr, int encrKeyBits, Prf prf, Integ integ, KeGroup group) {
    /** The cipher with its key length, as {@code AES_GCM_16_256}. */
    public String cipherName() {
        return encr.fqnWithKeyBits(encrKeyBits);
    }

    /** As logged when an IKE SA is established: {@code {cipher=AES_GCM_16_256 integ=n/a prf=HMAC_SHA2_512 group=DH19}}. */
    public String details() {
        return "{cipher=" + cipherName() + " integ=" + (integ == Integ.NONE ? "n/a" : integ.fqn()) + " prf=" + prf.fqn()
                + " group=" + group.fqn() + "}";
    }

    /** As status lines print it: {@code AES_GCM_16_256-HMAC_SHA2_512-DH19}. */
    public String statusName() {
        // as libreswan: integrity by the hash of the PRF goes without saying; IKEv1 has none of its own
        boolean surprising =
                integ != Integ.NONE && (encr.isAead() || !integ.prf().equals(Optional.of(prf)));
        return cipherName() + "-" + prf.fqn() + (surprising ? "-" + integ.fqn() : "") + "-" + group.fqn();
    }
}
