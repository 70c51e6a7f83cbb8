// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import static org.jswan.wire.NotifyType.NAT_DETECTION_DESTINATION_IP;
import static org.jswan.wire.NotifyType.NAT_DETECTION_SOURCE_IP;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.connection.YesNoAuto;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.NatHash;
import org.jswan.sa.IkeSa;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Whether a NAT is between the ends (RFC 7296 §2.23): each sends hashes of both addresses and ports as it sees them, and
 * compares those of the other.
 */
public final class NatDetection {
    private NatDetection() {}

    /** @param responderSpi as it stands in the header of the message that the payloads go into */
    public static List<Payload> payloads(IkeSa ike, IkeSpi responderSpi) {
        return payloads(ike, responderSpi, ike.socket().local(), ike.remote());
    }

    /** Those of a message between other endpoints than the IKE SA's. */
    public static List<Payload> payloads(IkeSa ike, IkeSpi responderSpi, Endpoint from, Endpoint to) {
        Endpoint local = from;
        if (ike.connection().config().natTraversal().encapsulation().equals(Optional.of(YesNoAuto.YES))) {
            // encapsulation=yes: a hash that can't be right makes the peer believe in a NAT before us.
            local = local.withPort(0);
        }
        return List.of(
                NotifyPayload.of(
                        NAT_DETECTION_SOURCE_IP, NatHash.of(Hash.SHA1, ike.initiatorSpi(), responderSpi, local)),
                NotifyPayload.of(
                        NAT_DETECTION_DESTINATION_IP, NatHash.of(Hash.SHA1, ike.initiatorSpi(), responderSpi, to)));
    }

    /** What the peer's payloads tell, unless the connection decides; no NAT if there are none. */
    static IkeSa.Nat detect(IkeSa ike, Incoming message) {
        Optional<YesNoAuto> decided = ike.connection().config().natTraversal().encapsulation();
        if (decided.equals(Optional.of(YesNoAuto.NO))
                || !message.has(NAT_DETECTION_SOURCE_IP)
                || !message.has(NAT_DETECTION_DESTINATION_IP)) {
            return IkeSa.Nat.NONE;
        }
        if (decided.equals(Optional.of(YesNoAuto.YES))) {
            return new IkeSa.Nat(true, true);
        }
        IkeSpi initiator = message.header().initiatorSpi();
        IkeSpi responder = message.header().responderSpi();
        Bytes us = NatHash.of(Hash.SHA1, initiator, responder, message.socket().local());
        Bytes peer = NatHash.of(Hash.SHA1, initiator, responder, message.sender());
        boolean localSeen = message.notifies()
                .filter(n -> n.notifyType().equals(NAT_DETECTION_DESTINATION_IP))
                .anyMatch(n -> n.data().equals(us));
        // A peer with several addresses sends a hash of each (RFC 7296 §2.23).
        boolean remoteSeen = message.notifies()
                .filter(n -> n.notifyType().equals(NAT_DETECTION_SOURCE_IP))
                .anyMatch(n -> n.data().equals(peer));
        return new IkeSa.Nat(!localSeen, !remoteSeen);
    }
}
