// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;

/** One side of a Diffie-Hellman exchange: a private value and its public one. It may be made and used on any thread. */
public interface Agreement {
    /** The public value, of the length its group prescribes. */
    Bytes publicValue();

    /**
     * The secret shared with whoever sent {@code peer}.
     *
     * @throws PeerValueException if {@code peer} is no acceptable public value
     */
    Secret sharedSecret(Bytes peer) throws PeerValueException;

    /** Forgets the private value as far as it is held here. */
    void destroy();
}
