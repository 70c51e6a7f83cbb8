// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Endpoint;
import org.jswan.base.IpProtocol;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** A packet wants out that has no SA: finds the connection that has to be brought up for it. */
public final class OnDemand {
    private final Routing routing;
    private final Logger logger;
    private final Consumer<Connection> beginning;

    /**
     * @param logger the daemon's
     * @param beginning begins the negotiation of a connection
     */
    public OnDemand(Routing routing, Logger logger, Consumer<Connection> beginning) {
        this.routing = routing;
        this.logger = logger;
        this.beginning = beginning;
    }

    /** A packet met a trap. What becomes of it is decided when no updown runs, and logged. */
    public void acquire(Selector source, Selector destination) {
        routing.exclusively(release -> {
            decide(source, destination);
            release.run();
        });
    }

    private void decide(Selector source, Selector destination) {
        String packet = "initiate on-demand for packet " + text(source, destination);
        if (source.subnet().equals(destination.subnet())) {
            logger.log(RcCode.OPPOFAILURE, "cannot " + packet + ": acquire for our own IP address");
            return;
        }
        Optional<Connection> found =
                routing.find(source, destination).filter(c -> !c.config().neverNegotiates());
        if (found.isEmpty()) {
            logger.log(RcCode.OPPOFAILURE, "cannot " + packet + ": no routed template covers this pair");
            return;
        }
        Connection connection = found.get();
        if (connection.kind() == ConnectionKind.TEMPLATE) {
            logger.log(RcCode.NOPEERIP, "cannot " + packet + ": template connection");
            return;
        }
        if (connection.kind() == ConnectionKind.INSTANCE) {
            logger.log("ignoring found existing connection instance " + connection
                    + " that covers kernel acquire with IKE state #" + number(connection.newestIke())
                    + " and IPsec state #" + number(connection.newestChild()) + " - due to duplicate acquire?");
            return;
        }
        routing.hold(connection);
        logger.log(packet);
        beginning.accept(connection);
    }

    private static long number(Optional<SaSerial> serial) {
        return serial.map(SaSerial::value).orElse(0L);
    }

    private static String text(Selector source, Selector destination) {
        String from = source.port() == 0 && hasPorts(source.protocol())
                ? new Endpoint(source.subnet().address(), 1).toString().replaceFirst(":1$", "")
                : new Endpoint(source.subnet().address(), source.port()).toString();
        return from + "-" + IpProtocol.name(source.protocol()) + "->"
                + new Endpoint(destination.subnet().address(), destination.port());
    }

    private static boolean hasPorts(int protocol) {
        return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
    }
}
