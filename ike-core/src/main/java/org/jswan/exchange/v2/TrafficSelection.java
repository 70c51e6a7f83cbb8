// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressRange;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.wire.v2.TrafficSelector;
import org.jswan.wire.v2.TrafficSelector.Addresses;
import org.jswan.wire.v2.TsPayload;

/** What of the traffic that the peer names is ours to protect (RFC 7296 §2.9). */
final class TrafficSelection {
    private static final int LAST_PORT = 65535;

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

    static TrafficSelector wire(Selector selector) {
        AddressRange range = selector.subnet().range();
        int from = selector.port();
        int to = selector.port() == 0 ? LAST_PORT : selector.port();
        return new Addresses(selector.protocol(), from, to, range.first(), range.last());
    }

    static TsPayload initiator(Selector selector) {
        return TsPayload.initiator(List.of(wire(selector)));
    }

    static TsPayload responder(Selector selector) {
        return TsPayload.responder(List.of(wire(selector)));
    }

    /** What both ends protect if ours is {@code own}: the best of the selectors that the peer names. */
    static Optional<Selector> match(TsPayload payload, Selector own, Fit fit) {
        Optional<Selector> best = Optional.empty();
        for (TrafficSelector selector : payload.selectors()) {
            if (selector instanceof Addresses addresses && addresses.isRange()) {
                Optional<Selector> common = match(addresses, own, fit);
                if (common.isPresent() && (best.isEmpty() || common.get().contains(best.get()))) {
                    best = common;
                }
            }
        }
        return best;
    }

    private static Optional<Selector> match(Addresses peer, Selector own, Fit fit) {
        AddressRange range = peer.range();
        AddressRange ours = own.subnet().range();
        if (range.family() != ours.family()) {
            return Optional.empty();
        }
        boolean anyPort = peer.startPort() == 0 && peer.endPort() == LAST_PORT;
        boolean onePort = peer.startPort() == peer.endPort();
        return switch (fit) {
            case EQUAL -> range.equals(ours)
                            && peer.protocol() == own.protocol()
                            && (own.port() == 0 ? anyPort : onePort && peer.startPort() == own.port())
                    ? Optional.of(own)
                    : Optional.empty();
            case OURS_WITHIN -> range.contains(ours)
                            && (peer.protocol() == 0 || peer.protocol() == own.protocol())
                            && (anyPort
                                    || own.port() != 0
                                            && peer.startPort() <= own.port()
                                            && own.port() <= peer.endPort())
                    ? Optional.of(own)
                    : Optional.empty();
            case PEERS_WITHIN -> {
                Optional<Subnet> subnet = range.subnet().filter(own.subnet()::contains);
                boolean protocolFits = own.protocol() == 0 || own.protocol() == peer.protocol();
                boolean portFits =
                        (anyPort || onePort) && (own.port() == 0 || onePort && own.port() == peer.startPort());
                yield subnet.filter(s -> protocolFits && portFits)
                        .map(s -> new Selector(s, peer.protocol(), anyPort ? 0 : peer.startPort()));
            }
        };
    }
}
