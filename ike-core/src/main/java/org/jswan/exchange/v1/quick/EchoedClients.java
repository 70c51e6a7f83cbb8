// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionEnd;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.identity.IkeId;
import org.jswan.kernel.IpsecMode;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;

/** A responder sends back what is to be carried; as libreswan, most of what it changes is overlooked. */
final class EchoedClients {
    private static final int L2TP_PORT = 1701;

    private EchoedClients() {}

    static void check(ChildSa child, IsakmpMessage message) throws IsakmpFailure {
        Connection c = child.connection();
        List<IdPayload> ids = message.all(IdPayload.class).toList();
        if (ids.isEmpty()) {
            if (!isHost(c.local()) || !isHost(c.remote())) {
                throw refused("IDci, IDcr payloads missing in message but default does not match proposal");
            }
            return;
        }
        check(child.logger(), ids.get(0), c.local().client().orElseThrow(), "our client");
        IdPayload responder = ids.get(1);
        check(child.logger(), responder, c.remote().client().orElseThrow(), "peer client");
        if (responder.idType() == IdPayload.FQDN) {
            tellOriginalAddress(child, responder);
        }
    }

    private static boolean isHost(ConnectionEnd end) {
        Optional<Selector> host = end.address().map(Subnet::host).map(Selector::of);
        return end.client().equals(host);
    }

    private static IsakmpFailure refused(String text) {
        return IsakmpFailure.refused(NotificationType.INVALID_ID_INFORMATION, text);
    }

    private static void check(Logger logger, IdPayload id, Selector own, String which) throws IsakmpFailure {
        Optional<Selector> theirs = ClientIds.read(id, which, logger);
        if (!theirs.map(Selector::subnet).equals(Optional.of(own.subnet()))) {
            serious(
                    logger,
                    which + " subnet returned doesn't match my proposal - us: " + own.subnet() + " vs them: "
                            + theirs.map(client -> client.subnet().toString()).orElse("<unset-subnet>"));
            serious(logger, "Allowing questionable (microsoft) proposal anyway");
        }
        if (id.protocol() != own.protocol()) {
            serious(
                    logger,
                    which + " peer returned protocol id does not match my proposal - us: " + own.protocol()
                            + " vs them: " + id.protocol());
            serious(logger, "Allowing questionable (microsoft) proposal anyway]");
        }
        if (id.port() != own.port()) {
            serious(
                    logger,
                    which + " peer returned port doesn't match my proposal - us: " + own.port() + " vs them: "
                            + id.port());
            if (own.port() == 0 || id.port() == L2TP_PORT) {
                throw refused("");
            }
            serious(logger, "Allowing bad L2TP/IPsec proposal (see bug #849) anyway");
        }
    }

    private static void serious(Logger logger, String text) {
        logger.log(RcCode.LOG_SERIOUS, text);
    }

    /**
     * Windows names its host where it should tell its address, which is in the NAT-OA payload then. In transport mode packets
     * go to the host as it is seen from here, so nothing changes by that; libreswan makes it the connection's client in any
     * mode, for ever: then any responder could have us send it what is for others.
     */
    private static void tellOriginalAddress(ChildSa child, IdPayload responder) {
        Connection c = child.connection();
        boolean host = c.remote()
                .client()
                .map(Selector::subnet)
                .equals(c.remote().address().map(Subnet::host));
        if (child.mode() != IpsecMode.TRANSPORT || !host) {
            return;
        }
        child.phase2()
                .originalAddress()
                .map(Subnet::host)
                .ifPresent(client -> serious(
                        child.logger(),
                        "IDcr was FQDN: " + IkeId.keyId(responder.data()) + ", using NAT_OA=" + client + " as IDcr"));
    }
}
