// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** What IPsec SAs carry, as identities in Quick Mode: IDci is the initiator's client, IDcr the responder's (RFC 2407 §4.6.2). */
final class ClientIds {
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

    /** What an identity stands for. @param which as the log calls it */
    static Selector read(IdPayload payload, String which) throws IsakmpFailure {
        Optional<Subnet> subnet =
                switch (payload.idType()) {
                    case IdPayload.IPV4_ADDR -> host(payload.data(), 4);
                    case IdPayload.IPV6_ADDR -> host(payload.data(), 16);
                    case IdPayload.IPV4_ADDR_SUBNET -> masked(payload.data(), 4);
                    case IdPayload.IPV6_ADDR_SUBNET -> masked(payload.data(), 16);
                    default -> Optional.empty();
                };
        if (subnet.isEmpty()) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_ID_INFORMATION,
                    which + " ID payload of type " + payload.idType() + " is not supported or malformed");
        }
        return new Selector(subnet.get(), payload.protocol(), payload.port());
    }

    private static Optional<Subnet> host(Bytes data, int length) {
        return data.length() == length ? Optional.of(Subnet.host(IpAddress.of(data))) : Optional.empty();
    }

    /** An address and a mask behind it, of that many octets each; empty if they are no subnet. */
    static Optional<Subnet> masked(Bytes data, int length) {
        if (data.length() != 2 * length) {
            return Optional.empty();
        }
        int prefix = prefixLength(data.from(length));
        IpAddress address = IpAddress.of(data.first(length));
        return prefix < 0 || !address.network(prefix).equals(address)
                ? Optional.empty()
                : Optional.of(new Subnet(address, prefix));
    }

    /** @return -1 if it is no mask */
    private static int prefixLength(Bytes mask) {
        int ones = 0;
        boolean ended = false;
        for (int bit = 0; bit < mask.length() * 8; bit++) {
            boolean set = (mask.get(bit / 8) >> (7 - bit % 8) & 1) != 0;
            if (set && ended) {
                return -1;
            }
            ended |= !set;
            ones += set ? 1 : 0;
        }
        return ones;
    }
}
