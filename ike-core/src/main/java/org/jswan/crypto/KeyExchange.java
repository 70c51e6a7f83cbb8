// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.jca.Agreement;
import org.jswan.crypto.jca.PeerValueException;

/** Our side of one Diffie-Hellman exchange. It is immutable but for {@link #destroy}, so a helper can use it. */
public final class KeyExchange {
    private final KeGroup group;
    private final Agreement agreement;

    KeyExchange(KeGroup group, Agreement agreement) {
        this.group = group;
        this.agreement = agreement;
    }

    public KeGroup group() {
        return group;
    }

    /** What goes into our KE payload. */
    public Bytes publicValue() {
        return agreement.publicValue();
    }

    /**
     * g^ir: slow, for a helper. The caller owns the result.
     *
     * @param peer what came in the peer's KE payload
     * @throws PeerValueException if no honest peer sends it (RFC 6989)
     */
    public Secret sharedSecret(Bytes peer) throws PeerValueException {
        return agreement.sharedSecret(peer);
    }

    /** Forgets the private value. */
    public void destroy() {
        agreement.destroy();
    }
}
