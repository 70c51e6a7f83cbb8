// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.ConnectionEnd;
import org.jswan.wire.v2.TrafficSelector;
import org.jswan.wire.v2.TrafficSelector.Addresses;
import org.jswan.wire.v2.TrafficSelector.Label;
import org.jswan.wire.v2.TsPayload;

/** What of the traffic that the peer names is ours to protect (RFC 7296 §2.9). */
final class TrafficSelection {
    private static final int LAST_PORT = 65535;
    private static final int ANY_PORT_SCORE = LAST_PORT + 1;
    private static final int ANY_PROTOCOL_SCORE = 255;

    private TrafficSelection() {}

    /** How a selector of ours has to lie in one of the peer's. */
    enum Fit {
        /** They are the same. */
        EQUAL,
        /** Ours lies within the peer's: the peer's is narrowed. */
        OURS_WITHIN,
        /** The peer's lies within ours: ours is narrowed. */
        PEERS_WITHIN
    }

    /**
     * What both ends are to protect, and how good that is.
     *
     * @param initiator at the end that asks for the Child SA
     */
    record Match(Selector initiator, Selector responder) {
        /** As libreswan: the longest prefixes, the asking end's first; then the most ports; then the most protocols. */
        boolean isBetterThan(Match other) {
            return score() > other.score();
        }

        private long score() {
            long addresses = (prefix(initiator) << 8) + prefix(responder);
            return (addresses << 18 | ports(initiator) + ports(responder)) << 10
                    | protocols(initiator) + protocols(responder);
        }

        private static long prefix(Selector selector) {
            return selector.subnet().prefixLength() + 1L;
        }

        private static long ports(Selector selector) {
            return selector.port() == 0 ? ANY_PORT_SCORE : 1;
        }

        private static long protocols(Selector selector) {
            return selector.protocol() == 0 ? ANY_PROTOCOL_SCORE : 1;
        }
    }

    private static TrafficSelector wire(ConnectionEnd end) {
        Selector selector = end.client().orElseThrow();
        AddressRange range = selector.subnet().range();
        // As libreswan: who leaves the port open takes all of them, whichever it has.
        boolean all =
                selector.port() == 0 || end.config().client().protocolPort().anyPort();
        return new Addresses(
                selector.protocol(),
                all ? 0 : selector.port(),
                all ? LAST_PORT : selector.port(),
                range.first(),
                range.last());
    }

    static TsPayload initiator(ConnectionEnd end, Optional<SecurityLabel> label) {
        return TsPayload.initiator(wire(end, label));
    }

    static TsPayload responder(ConnectionEnd end, Optional<SecurityLabel> label) {
        return TsPayload.responder(wire(end, label));
    }

    private static List<TrafficSelector> wire(ConnectionEnd end, Optional<SecurityLabel> label) {
        return label.isPresent() ? List.of(wire(end), new Label(0, label.get().octets())) : List.of(wire(end));
    }

    /** Why the selectors of a payload cannot be taken, if so: those that are no subnet, as libreswan, and no labels. */
    static Optional<String> fault(TsPayload payload) {
        for (TrafficSelector selector : payload.selectors()) {
            Optional<String> noLabel = selector instanceof Label l ? SecurityLabel.fault(l.octets()) : Optional.empty();
            if (noLabel.isPresent()) {
                return Optional.of("Traffic Selector " + noLabel.get());
            }
            if (selector instanceof Addresses s
                    && (!s.isRange() || s.range().subnet().isEmpty())) {
                return Optional.of("Traffic Selector range " + s.start() + "-" + s.end() + " invalid: "
                        + (s.isRange() ? "address range is not a subnet" : "start of range is greater than end"));
            }
        }
        return Optional.empty();
    }

    /**
     * What both ends protect: the best of all pairs of selectors that the peer names.
     *
     * @param initiator the client of the end that asks for the Child SA
     * @param responder that of the other
     */
    static Optional<Match> match(TsPayload tsi, Selector initiator, TsPayload tsr, Selector responder, Fit fit) {
        Optional<Match> best = Optional.empty();
        for (TrafficSelector asking : tsi.selectors()) {
            Optional<Selector> i = common(asking, initiator, fit);
            if (i.isEmpty()) {
                continue;
            }
            for (TrafficSelector asked : tsr.selectors()) {
                Optional<Match> match = common(asked, responder, fit).map(r -> new Match(i.get(), r));
                if (match.isPresent() && (best.isEmpty() || match.get().isBetterThan(best.get()))) {
                    best = match;
                }
            }
        }
        return best;
    }

    private static Optional<Selector> common(TrafficSelector selector, Selector own, Fit fit) {
        return selector instanceof Addresses addresses && addresses.isRange()
                ? common(addresses, own, fit)
                : Optional.empty();
    }

    private static Optional<Selector> common(Addresses peer, Selector own, Fit fit) {
        AddressRange range = peer.range();
        AddressRange ours = own.subnet().range();
        if (range.family() != ours.family()) {
            return Optional.empty();
        }
        int firstPort = own.port();
        int lastPort = own.port() == 0 ? LAST_PORT : own.port();
        boolean samePorts = peer.startPort() == firstPort && peer.endPort() == lastPort;
        return switch (fit) {
            case EQUAL -> range.equals(ours) && peer.protocol() == own.protocol() && samePorts
                    ? Optional.of(own)
                    : Optional.empty();
            case OURS_WITHIN -> range.contains(ours)
                            && (peer.protocol() == 0 || peer.protocol() == own.protocol())
                            && peer.startPort() <= firstPort
                            && lastPort <= peer.endPort()
                    ? Optional.of(own)
                    : Optional.empty();
            case PEERS_WITHIN -> {
                Optional<Subnet> subnet = range.subnet().filter(own.subnet()::contains);
                boolean onePort = own.port() == 0
                        && peer.startPort() == peer.endPort()
                        && peer.startPort() > 0
                        && peer.endPort() < LAST_PORT;
                yield subnet.filter(s -> own.protocol() == 0 || own.protocol() == peer.protocol())
                        .filter(s -> samePorts || onePort)
                        .map(s -> new Selector(s, peer.protocol(), peer.startPort()));
            }
        };
    }
}
