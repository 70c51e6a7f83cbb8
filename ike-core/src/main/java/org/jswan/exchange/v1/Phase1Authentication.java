// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.security.MessageDigest;
import java.util.List;
import org.jswan.base.Bytes;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** How the ends of phase 1 prove who they are (RFC 2409 §5.1, §5.4). */
final class Phase1Authentication {
    /** Goes on with the payloads that name and prove our end. */
    interface Proven {
        IsakmpVerdict with(List<Payload> payloads) throws IsakmpFailure;
    }

    /** Our identity and what proves it. */
    IsakmpVerdict prove(IkeSa ike, IdPayload own, Proven then) throws IsakmpFailure {
        return then.with(List.of(own, new HashPayload(Phase1Agreement.hash(ike, ike.role(), own))));
    }

    /** Checks what the peer sent to prove that it is who it says. */
    IsakmpVerdict verify(IkeSa ike, IkeRole peerRole, IdPayload peer, IsakmpMessage message, IsakmpVerdict.Step then)
            throws IsakmpFailure {
        Bytes expected = Phase1Agreement.hash(ike, peerRole, peer);
        Bytes received = message.need(HashPayload.class).data();
        if (!MessageDigest.isEqual(expected.toArray(), received.toArray())) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_HASH_INFORMATION, "received Hash Payload does not match computed value");
        }
        return then.go();
    }
}
