// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.List;
import java.util.Optional;
import org.jswan.base.IpProtocol;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.v1.IdPayload;

/**
 * What a peer that begins Quick Mode wants to have carried.
 *
 * @param ours at our end; empty if the peer names it, but by no address
 */
record ProposedClients(Optional<Selector> ours, Selector theirs) {
    static ProposedClients of(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        Connection current = ike.connection();
        List<IdPayload> ids = message.all(IdPayload.class).toList();
        if (ids.isEmpty()) {
            return new ProposedClients(
                    current.local().address().map(Subnet::host).map(Selector::of),
                    Selector.of(Subnet.host(current.remote().address().orElseThrow())));
        }
        IdPayload initiator = ids.get(0);
        IdPayload responder = ids.get(1);
        Optional<Selector> named = ClientIds.read(initiator, "peer client", ike.logger());
        if (named.isEmpty()) {
            ike.logger().log(RcCode.LOG_SERIOUS, "Applying workaround for MS-818043 NAT-T bug");
        }
        Optional<Selector> ours = ClientIds.read(responder, "our client", ike.logger());
        return new ProposedClients(ours, named.orElseGet(() -> host(ike, message, initiator, responder)));
    }

    /** Windows names its host where it should tell its address: that is in the NAT-OA payload, or where it comes from. */
    private static Selector host(IkeSa ike, IsakmpMessage message, IdPayload initiator, IdPayload responder) {
        Selector peer = new Selector(
                Subnet.host(ike.connection().remote().address().orElseThrow()), initiator.protocol(), initiator.port());
        Optional<Selector> original = OriginalAddresses.of(ike, message, ike.logger())
                .map(address -> new Selector(Subnet.host(address), initiator.protocol(), initiator.port()));
        original.ifPresent(client -> ike.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        "IDci was FQDN: " + IkeId.keyId(responder.data()) + ", using NAT_OA=" + text(client)
                                + " as IDci"));
        return original.orElse(peer);
    }

    /** {@code 10.0.0.1/32:1701}. */
    private static String text(Selector client) {
        boolean all = client.protocol() == 0 && client.port() == 0;
        return all ? client.subnet().toString() : client.subnet() + ":" + client.port();
    }

    /** {@code 192.0.2.2/32:1701 -UDP-> 10.0.0.1/32:1701}. */
    @Override
    public String toString() {
        return ours.map(client -> text(client) + " " + arrow(client.protocol()) + " " + text(theirs))
                .orElse("<unset-selectors>");
    }

    private String arrow(int protocol) {
        return "-" + name(protocol) + (protocol == theirs.protocol() ? "" : "-" + name(theirs.protocol())) + "->";
    }

    private static String name(int protocol) {
        return protocol == 0 ? "<all>" : IpProtocol.name(protocol);
    }
}
