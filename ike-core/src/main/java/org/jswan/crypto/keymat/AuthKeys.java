// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.keymat;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.MacStream;
import org.jswan.crypto.Prf;

/** How an end proves that it is who it says (RFC 7296 §2.15). */
public final class AuthKeys {
    private static final Bytes KEY_PAD = Bytes.ofUtf8("Key Pad for IKEv2");

    private AuthKeys() {}

    /**
     * The octets that an end signs: its own first message, the other's nonce, and prf(SK_p, its identity).
     *
     * @param signer keys of the IKE SA
     * @param byInitiator who signs: the one who began the IKE SA or the other
     * @param firstMessage of the signer, from its header's first octet to its last
     * @param peerNonce of the other one
     * @param identity the body of the signer's ID payload, reserved octets included
     */
    public static Bytes signedOctets(
            IkeKeys signer, boolean byInitiator, Bytes firstMessage, Bytes peerNonce, Bytes identity) {
        return Bytes.concat(firstMessage, peerNonce, signer.prf().compute(signer.skP(byInitiator), identity));
    }

    /** The AUTH value of a pre-shared key: prf(prf(key, "Key Pad for IKEv2"), octets). */
    public static Bytes preSharedKey(Prf prf, Secret preSharedKey, Bytes signedOctets) {
        try (MacStream inner = prf.start(preSharedKey);
                Secret padded = inner.update(KEY_PAD).finishSecret()) {
            return prf.compute(padded, signedOctets);
        }
    }
}
