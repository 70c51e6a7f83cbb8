// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.crypto.keymat.IkeKeys;

/** What the two ends let know of a postquantum preshared key (RFC 8784), and the keys from before it was mixed in. */
public final class PostquantumChoice {
    private boolean peerWilling;
    private Optional<IkeKeys> plain = Optional.empty();
    private Bytes name = Bytes.EMPTY;

    /** Whether the peer's IKE_SA_INIT said that it can use such a key. */
    public boolean isPeerWilling() {
        return peerWilling;
    }

    public void setPeerWilling(boolean willing) {
        peerWilling = willing;
    }

    /** Whether such a key is mixed into the keys of the IKE SA. */
    public boolean isMixed() {
        return plain.isPresent();
    }

    /** The keys as they were before; none if nothing was mixed in. */
    public Optional<IkeKeys> plain() {
        return plain;
    }

    /** The name of the key that is mixed in. */
    public Bytes name() {
        return name;
    }

    /**
     * An IKE SA's keys become those.
     *
     * @param key the name of what is mixed into them
     */
    public void mix(IkeSa ike, IkeKeys mixed, Bytes key) {
        name = key;
        plain = Optional.of(ike.keys());
        ike.exchangeKeys(mixed);
    }

    /** The IKE SA has its keys from before mixing again. */
    public void revert(IkeSa ike) {
        IkeKeys mixed = ike.keys();
        plain.ifPresent(keys -> {
            ike.exchangeKeys(keys);
            mixed.close();
        });
        plain = Optional.empty();
    }

    void destroy() {
        plain.ifPresent(IkeKeys::close);
        plain = Optional.empty();
    }
}
