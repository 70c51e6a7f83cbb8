// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.identity.IdType;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** What IPsec SAs carry, as identities in Quick Mode: IDci is the initiator's client, IDcr the responder's (RFC 2407 §4.6.2). */
final class ClientIds {
    private static final int IPV4_OCTETS = 4;
    private static final int IPV6_OCTETS = 16;

    private ClientIds() {}

    /** Whether a connection names its clients: they go without saying if they are just the hosts. */
    static boolean areSent(Connection c) {
        return isClient(c.local()) || isClient(c.remote());
    }

    private static boolean isClient(ConnectionEnd end) {
        return end.hasClient() || !end.config().client().protocolPort().isAny();
    }

    /** IDci and IDcr of a Quick Mode that we begin. */
    static List<Payload> ofInitiator(Connection c) {
        return List.of(
                payload(c.local().client().orElseThrow()),
                payload(c.remote().client().orElseThrow()));
    }

    private static IdPayload payload(Selector client) {
        Subnet subnet = client.subnet();
        boolean v4 = subnet.family() == AddressFamily.IPV4;
        return subnet.isHost()
                ? new IdPayload(
                        v4 ? IdPayload.IPV4_ADDR : IdPayload.IPV6_ADDR,
                        client.protocol(),
                        client.port(),
                        subnet.address().octets())
                : new IdPayload(
                        v4 ? IdPayload.IPV4_ADDR_SUBNET : IdPayload.IPV6_ADDR_SUBNET,
                        client.protocol(),
                        client.port(),
                        subnet.address().octets().plus(subnet.mask().octets()));
    }

    /**
     * What an identity stands for.
     *
     * @param which as the log calls it
     * @return empty for a name, which some peers send instead
     */
    static Optional<Selector> read(IdPayload payload, String which, Logger logger) throws IsakmpFailure {
        Optional<Subnet> subnet =
                switch (payload.idType()) {
                    case IdPayload.IPV4_ADDR -> Optional.of(host(payload, which, IPV4_OCTETS));
                    case IdPayload.IPV6_ADDR -> Optional.of(host(payload, which, IPV6_OCTETS));
                    case IdPayload.IPV4_ADDR_SUBNET -> Optional.of(masked(payload, which, IPV4_OCTETS));
                    case IdPayload.IPV6_ADDR_SUBNET -> Optional.of(masked(payload, which, IPV6_OCTETS));
                    case IdPayload.IPV4_ADDR_RANGE -> Optional.of(range(payload, which, IPV4_OCTETS));
                    case IdPayload.IPV6_ADDR_RANGE -> Optional.of(range(payload, which, IPV6_OCTETS));
                    case IdPayload.FQDN -> Optional.empty();
                    default -> throw invalid("unsupported ID type " + IdType.label(payload.idType()));
                };
        if (subnet.isEmpty()) {
            logger.log(RcCode.COMMENT, which + " type is FQDN");
        }
        return subnet.map(s -> new Selector(s, payload.protocol(), payload.port()));
    }

    private static IsakmpFailure invalid(String text) {
        return IsakmpFailure.refused(NotificationType.INVALID_ID_INFORMATION, text);
    }

    /** As libreswan, octets after the address go unnoticed. */
    private static IpAddress address(IdPayload payload, int index, int octets, String name) throws IsakmpFailure {
        Bytes data = payload.data();
        if (data.length() < (index + 1) * octets) {
            throw invalid("not enough bytes left to get " + name + " from ISAKMP Identification Payload (IPsec DOI)");
        }
        return IpAddress.of(data.from(index * octets).first(octets));
    }

    private static Subnet host(IdPayload payload, String which, int octets) throws IsakmpFailure {
        IpAddress address = address(payload, 0, octets, "ID address");
        if (address.isAny()) {
            throw invalid(which + " ID payload " + IdType.label(payload.idType()) + " is invalid (" + address
                    + ") in Quick I1");
        }
        return Subnet.host(address);
    }

    private static Subnet masked(IdPayload payload, String which, int octets) throws IsakmpFailure {
        IpAddress address = address(payload, 0, octets, "ID address");
        int prefix = address(payload, 1, octets, "ID mask")
                .prefixOfMask()
                .orElseThrow(() -> bad(payload, which, "invalid mask"));
        Subnet subnet = new Subnet(address.network(prefix), prefix);
        if (subnet.isHost() && subnet.address().isAny()) {
            throw bad(payload, which, "subnet contains no addresses");
        }
        return subnet;
    }

    private static IsakmpFailure bad(IdPayload payload, String which, String why) {
        return invalid(
                which + " ID payload " + IdType.label(payload.idType()) + " bad subnet in Quick I1 (" + why + ")");
    }

    private static Subnet range(IdPayload payload, String which, int octets) throws IsakmpFailure {
        IpAddress first = address(payload, 0, octets, "ID from address");
        IpAddress last = address(payload, 1, octets, "ID to address");
        String why = "address range is not a subnet";
        if (first.isAny() && last.isAny()) {
            why = "zero address range";
        } else if (first.compareTo(last) > 0) {
            why = "out-of-order";
        } else {
            Optional<Subnet> subnet = new AddressRange(first, last).subnet();
            if (subnet.isPresent()) {
                return subnet.get();
            }
        }
        throw invalid(which + " ID payload in Quick I1, " + IdType.label(payload.idType()) + " " + first + " - " + last
                + " unacceptable: " + why);
    }
}
