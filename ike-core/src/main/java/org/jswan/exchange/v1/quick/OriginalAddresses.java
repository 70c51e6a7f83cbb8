// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;
import org.jswan.wire.PayloadType;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NatOriginalAddressPayload;
import org.jswan.wire.v1.NatTraversalMethod;

/**
 * The addresses that ends have before a NAT changes them: in transport mode they are in the packets that are protected (RFC
 * 3947 §5.2).
 */
final class OriginalAddresses {
    private static final int IPV4_OCTETS = 4;
    private static final int IPV6_OCTETS = 16;

    private OriginalAddresses() {}

    /** As initiator: our own address, and the peer's as we know it. As libreswan, a responder tells none. */
    static List<Payload> ofInitiator(ChildSa child) {
        IkeSa ike = child.ike();
        Optional<NatTraversalMethod> method = ike.phase1().natTraversal();
        boolean transport = !Inheritance.wants(child, ConnectionPolicy.TUNNEL);
        if (method.isEmpty() || !transport || !ike.nat().local()) {
            return List.of();
        }
        PayloadType type = method.get().originalAddress();
        return List.of(
                payload(type, ike.socket().interfaceAddress().address()),
                payload(type, ike.remote().address()));
    }

    private static Payload payload(PayloadType type, IpAddress address) {
        int idType = address.family() == AddressFamily.IPV4 ? IdPayload.IPV4_ADDR : IdPayload.IPV6_ADDR;
        return new NatOriginalAddressPayload(type, idType, address.octets());
    }

    /** The peer's original address, if there is a NAT before it. */
    static void learn(ChildSa child, IsakmpMessage message) {
        // As libreswan: as responder that is told of the ISAKMP SA.
        Logger logger =
                child.role() == IkeRole.INITIATOR ? child.logger() : child.ike().logger();
        child.phase2().setOriginalAddress(of(child.ike(), message, logger));
    }

    /** The same before there is an IPsec SA. */
    static Optional<IpAddress> of(IkeSa ike, IsakmpMessage message, Logger logger) {
        List<NatOriginalAddressPayload> received =
                message.all(NatOriginalAddressPayload.class).toList();
        if (!ike.nat().detected() || ike.phase1().natTraversal().isEmpty() || received.isEmpty()) {
            return Optional.empty();
        }
        String count = "NAT-Traversal: received " + received.size() + " NAT-OA. ";
        if (!ike.nat().remote()) {
            logger.log(RcCode.LOG_SERIOUS, count + "Ignored because peer is not NATed");
            return Optional.empty();
        }
        if (received.size() > 1) {
            logger.log(RcCode.LOG_SERIOUS, count + "Using first; ignoring others");
        }
        return address(received.get(0), logger);
    }

    private static Optional<IpAddress> address(NatOriginalAddressPayload payload, Logger logger) {
        int octets;
        if (payload.idType() == IdPayload.IPV4_ADDR) {
            octets = IPV4_OCTETS;
        } else if (payload.idType() == IdPayload.IPV6_ADDR) {
            octets = IPV6_OCTETS;
        } else {
            logger.log(
                    RcCode.LOG_SERIOUS,
                    "NAT-Traversal: invalid ID Type (" + payload.idType() + ") in NAT-OA - ignored");
            return Optional.empty();
        }
        if (payload.address().length() < octets) {
            logger.log("not enough bytes left to get NAT-Traversal: NAT-OA IP from ISAKMP NAT-OA Payload");
            return Optional.empty();
        }
        IpAddress address = IpAddress.of(payload.address().first(octets));
        if (address.isAny()) {
            logger.log(RcCode.LOG_SERIOUS, "NAT-Traversal: received " + address + " NAT-OA...");
            return Optional.empty();
        }
        return Optional.of(address);
    }
}
