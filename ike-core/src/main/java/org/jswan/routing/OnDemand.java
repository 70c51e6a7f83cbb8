// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.IpProtocol;
import org.jswan.base.SaSerial;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.LabelCheck;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;

/** A packet wants out that has no SA: finds the connection that has to be brought up for it, and what becomes of others. */
public final class OnDemand {
    /** Each is a policy of the kernel, which looks at them one after the other. */
    static final int MOST_BARE_SHUNTS = 10_000;

    private final Routing routing;
    private final PacketSearch packets;
    private final Instances instances;
    private final NegotiationShunts shunts;
    private final LabelCheck labels;
    private final Beginning beginning;
    private final BooleanSupplier overloaded;

    /** Who begins negotiations. */
    @FunctionalInterface
    public interface Beginning {
        /**
         * When the connection goes down, it stays so until the next packet.
         *
         * @param label of the packet, if its SA has to have that
         * @param watching told how it goes until it is decided
         * @return false if it cannot even begin; why not is logged
         */
        boolean begin(Connection connection, Optional<SecurityLabel> label, List<WhackSession> watching);
    }

    /** @param overloaded whether so much is negotiated that nothing more begins with hosts that nobody named */
    public OnDemand(
            Routing routing,
            Instances instances,
            NegotiationShunts shunts,
            LabelCheck labels,
            Beginning beginning,
            BooleanSupplier overloaded) {
        this.routing = routing;
        this.packets = routing.states().packets();
        this.instances = instances;
        this.shunts = shunts;
        this.labels = labels;
        this.beginning = beginning;
        this.overloaded = overloaded;
    }

    /**
     * A packet, as the kernel or a user names it.
     *
     * @param label its SELinux context, if its SA has to have that
     * @param acquired whether it met a trap; else a user wants it to be taken for one that did
     */
    private record Packet(Selector source, Selector destination, Optional<SecurityLabel> label, boolean acquired) {
        IpAddress from() {
            return source.subnet().address();
        }

        IpAddress to() {
            return destination.subnet().address();
        }

        @Override
        public String toString() {
            String start = source.port() == 0 && hasPorts(source.protocol())
                    ? new Endpoint(from(), 1).toString().replaceFirst(":1$", "")
                    : new Endpoint(from(), source.port()).toString();
            return "initiate on-demand for packet " + start + "-" + IpProtocol.name(source.protocol()) + "->"
                    + new Endpoint(to(), destination.port()) + (acquired ? "" : " by whack")
                    + label.map(l -> " sec_label=" + l).orElse("");
        }

        private static boolean hasPorts(int protocol) {
            return protocol == IpProtocol.TCP || protocol == IpProtocol.UDP;
        }
    }

    /**
     * A packet met a trap. What becomes of it is decided when no updown runs.
     *
     * @param logger the daemon's
     */
    public void acquire(Selector source, Selector destination, Optional<SecurityLabel> label, Logger logger) {
        routing.exclusively(release -> {
            decide(new Packet(source, destination, label, true), logger, List.of());
            release.run();
        });
    }

    /**
     * A user wants what a packet would bring about; to be asked within an operation of {@link Routing}.
     *
     * @param logger tells the user, too
     * @param watching told how it goes until it is decided
     */
    public void pretend(Selector source, Selector destination, Logger logger, List<WhackSession> watching) {
        decide(new Packet(source, destination, Optional.empty(), false), logger, watching);
    }

    private void decide(Packet packet, Logger logger, List<WhackSession> watching) {
        if (packet.from().isAny() || packet.to().isAny()) {
            cannot(packet, RcCode.OPPOFAILURE, "impossible IP address", logger);
            return;
        }
        if (packet.from().equals(packet.to())) {
            cannot(packet, RcCode.OPPOFAILURE, "acquire for our own IP address", logger);
            return;
        }
        Optional<Connection> found = packets.find(
                        packet.source(), packet.destination(), c -> isLabelFit(c, packet, logger))
                .filter(c -> !c.config().neverNegotiates());
        if (found.isEmpty()) {
            cannot(packet, RcCode.OPPOFAILURE, "no routed template covers this pair", logger);
            return;
        }
        Connection connection = found.get();
        if (connection.config().isLabelled()) {
            logger.log(packet.toString());
            beginning.begin(connection, packet.label(), watching);
            return;
        }
        boolean opportunistic = connection.has(ConnectionPolicy.OPPORTUNISTIC);
        if (opportunistic && !connection.isOriented()) {
            cannot(packet, RcCode.OPPOFAILURE, "connection to self on another IP?", logger);
        } else if (connection.kind() == ConnectionKind.TEMPLATE && !opportunistic) {
            cannot(packet, RcCode.NOPEERIP, "template connection", logger);
        } else if (connection.kind() == ConnectionKind.INSTANCE) {
            logger.log("ignoring found existing connection instance " + connection
                    + " that covers kernel acquire with IKE state #" + number(connection.newestIke())
                    + " and IPsec state #" + number(connection.newestChild()) + " - due to duplicate acquire?");
        } else if (connection.kind() == ConnectionKind.TEMPLATE) {
            instantiate(connection, packet, logger, watching);
        } else {
            if (packet.acquired()) {
                shunts.hold(connection, packet.source(), packet.destination());
            }
            logger.log(packet.toString());
            beginning.begin(connection, packet.label(), watching);
        }
    }

    /** Packets with a label are for connections with one, which it matches; those without, for the others. */
    private boolean isLabelFit(Connection candidate, Packet packet, Logger logger) {
        Optional<SecurityLabel> range = candidate.config().securityLabel();
        if (range.isEmpty() || packet.label().isEmpty()) {
            return range.isEmpty() == packet.label().isEmpty();
        }
        return !candidate.isForLabel()
                && labels.isWithin("acquire", packet.label().get(), range.get(), logger);
    }

    private static void cannot(Packet packet, RcCode code, String why, Logger logger) {
        // As libreswan: the packet's fate is the kernel's, which drops it.
        logger.log(code, "cannot " + packet + ": " + why);
    }

    /** Strangers may have us answer any number of hosts, by forging where their packets come from. */
    private static void refuse(Packet packet, Logger logger) {
        String why = "too much is negotiated, or failed, with hosts that nobody named";
        if (packet.acquired()) {
            logger.debug("cannot " + packet + ": " + why);
        } else {
            cannot(packet, RcCode.OPPOFAILURE, why, logger);
        }
    }

    private static long number(Optional<SaSerial> serial) {
        return serial.map(SaSerial::value).orElse(0L);
    }

    private void instantiate(Connection matching, Packet packet, Logger logger, List<WhackSession> watching) {
        logger.log(packet.toString());
        if (overloaded.getAsBoolean() || routing.bare().size() >= MOST_BARE_SHUNTS) {
            refuse(packet, logger);
            return;
        }
        logger.debug("creating new instance from " + matching);
        Optional<Connection> template = packets.findOpportunistic(packet.source(), packet.destination());
        if (template.isEmpty()) {
            cannot(packet, RcCode.OPPOFAILURE, "no suitable template between endpoints", logger);
            return;
        }
        Connection instance = instances.forTraffic(template.get(), packet.from(), packet.to());
        shunts.negotiate(instance, packet.source(), packet.destination(), packet.acquired());
        if (!beginning.begin(instance, Optional.empty(), watching)) {
            shunts.failed(instance);
            instances.unmake(instance, instance.logger());
        }
    }
}
