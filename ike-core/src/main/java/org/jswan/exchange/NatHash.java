// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.crypto.Hash;
import org.jswan.wire.IkeSpi;

/** What an end tells of an address and a port without naming them: who sees others has a NAT before it (RFC 3947 §3.2, RFC 7296 §2.23). */
public final class NatHash {
    private NatHash() {}

    public static Bytes of(Hash hash, IkeSpi initiator, IkeSpi responder, Endpoint endpoint) {
        return hash.digest(
                initiator.octets(),
                responder.octets(),
                endpoint.address().octets(),
                Bytes.of(endpoint.port() >>> Byte.SIZE, endpoint.port()));
    }
}
