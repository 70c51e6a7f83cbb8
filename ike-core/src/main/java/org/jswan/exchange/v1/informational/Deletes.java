// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.informational;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.v1.engine.ConnectionUsers;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.WireException;
import org.jswan.wire.v1.DeletePayload;
import org.jswan.wire.v1.ProtocolId;

/** What the peer says of SAs that end (RFC 2408 §3.15); only an ISAKMP SA that is up is believed. */
public final class Deletes {
    private static final int COOKIES = 16;

    /** How many SAs that nobody knows are told of singly, of one payload. */
    private static final int UNKNOWN_TOLD = 32;

    private final Context context;
    private final IsakmpTimers timers;
    private final NatTraversal nat;

    public Deletes(Context context, IsakmpTimers timers, NatTraversal nat) {
        this.context = context;
        this.timers = timers;
        this.nat = nat;
    }

    /** Takes all Delete payloads of a message. @return false if the SA that brought them is gone by that */
    public boolean received(Optional<? extends Sa> by, IsakmpMessage message) {
        List<DeletePayload> deletes = message.all(DeletePayload.class).toList();
        if (deletes.isEmpty()) {
            return true;
        }
        if (by.isEmpty() || !message.isEncrypted()) {
            by.map(Sa::logger)
                    .orElseGet(() -> new Logger(context.strangers(), message.prefix()))
                    .log(RcCode.LOG_SERIOUS, "ignoring Delete SA payload: not encrypted");
            return true;
        }
        IkeSa ike = by.get().ike();
        if (ike.isEstablished()) {
            // What is told of ends goes to where the peer is now.
            nat.followIfAllowed(ike, message);
        }
        boolean self = false;
        for (DeletePayload delete : deletes) {
            self |= context.sas().isAlive(ike) && received(ike, delete);
        }
        if (self && context.sas().isAlive(ike)) {
            ike.logger()
                    .log(RcCode.LOG_SERIOUS, "received Delete SA payload: self-deleting ISAKMP State " + ike.serial());
            context.lifecycle().end(ike, Notice.IF_ESTABLISHED);
        }
        return context.sas().isAlive(by.get()) && !ike.phase1().isLeaving();
    }

    private static Optional<String> fault(IkeSa ike, DeletePayload delete) {
        if (!ike.isEstablished()) {
            return Optional.of("ISAKMP SA not established");
        }
        if (delete.count() == 0) {
            return Optional.of("no SPI");
        }
        int size =
                switch (delete.protocol()) {
                    case ProtocolId.ISAKMP -> COOKIES;
                    case ProtocolId.AH, ProtocolId.ESP -> Integer.BYTES;
                    default -> 0;
                };
        if (size == 0) {
            return Optional.of("unknown Protocol ID (" + ProtocolId.name(delete.protocol()) + ")");
        }
        if (delete.spiSize() != size) {
            return Optional.of("bad SPI size (" + delete.spiSize() + ") for " + ProtocolId.name(delete.protocol()));
        }
        return delete.hasWholeSpis() ? Optional.empty() : Optional.of("invalid payload size");
    }

    /** @return whether the ISAKMP SA itself is to end */
    private boolean received(IkeSa ike, DeletePayload delete) {
        if (delete.protocol() == ProtocolId.IPCOMP && ike.isEstablished() && delete.count() != 0) {
            return false;
        }
        Optional<String> fault = fault(ike, delete);
        if (fault.isPresent()) {
            ignore(ike, fault.get());
            return false;
        }
        return delete.protocol() == ProtocolId.ISAKMP ? isakmp(ike, spis(delete)) : ipsec(ike, delete);
    }

    private boolean isakmp(IkeSa ike, List<Bytes> all) {
        Unknown unknown = new Unknown(ike);
        boolean self = false;
        for (Bytes cookies : all) {
            self |= isakmp(ike, cookies, unknown);
        }
        unknown.sumUp();
        return self;
    }

    private boolean ipsec(IkeSa ike, DeletePayload delete) {
        Unknown unknown = new Unknown(ike);
        PeersChildren candidates = new PeersChildren(ofPeer(ike)
                .filter(child -> child.wireProtocol() == delete.protocol())
                .toList());
        for (Bytes spi : spis(delete)) {
            if (context.sas().isAlive(ike)) {
                ipsec(ike, delete.protocol(), spi, candidates, unknown);
            }
        }
        unknown.sumUp();
        return false;
    }

    /** SAs of one payload that nobody knows: as there may be thousands, the log gets a few and their number. */
    private static final class Unknown {
        private final IkeSa ike;
        private int count;

        Unknown(IkeSa ike) {
            this.ike = ike;
        }

        void tell(String what) {
            if (++count <= UNKNOWN_TOLD) {
                ignore(ike, what + " not found (maybe expired)");
            }
        }

        void sumUp() {
            if (count > UNKNOWN_TOLD) {
                ignore(ike, (count - UNKNOWN_TOLD) + " more SAs not found (maybe expired)");
            }
        }
    }

    /** A peer's IPsec SAs by their SPIs, for payloads that name many. */
    private static final class PeersChildren {
        private final Map<Bytes, ChildSa> byOutbound = new HashMap<>();
        private final Map<Bytes, ChildSa> byInbound = new HashMap<>();

        PeersChildren(List<ChildSa> children) {
            for (ChildSa child : children) {
                child.outbound().ifPresent(id -> byOutbound.putIfAbsent(ChildSa.spiOctets(id.spi()), child));
                child.inbound().ifPresent(id -> byInbound.putIfAbsent(ChildSa.spiOctets(id.spi()), child));
            }
        }

        /** The one whose packets go under that SPI, or if there is none come under it. */
        Optional<ChildSa> find(Bytes spi, Predicate<ChildSa> isThere) {
            return Optional.ofNullable(byOutbound.get(spi))
                    .filter(isThere)
                    .or(() -> Optional.ofNullable(byInbound.get(spi)).filter(isThere));
        }
    }

    private static List<Bytes> spis(DeletePayload delete) {
        try {
            return delete.spis();
        } catch (WireException impossible) {
            throw new IllegalStateException("checked before", impossible);
        }
    }

    private static void ignore(IkeSa ike, String why) {
        ike.logger().log(RcCode.LOG_SERIOUS, "ignoring Delete SA payload: " + why);
    }

    private boolean isakmp(IkeSa ike, Bytes cookies, Unknown unknown) {
        IkeSpi initiator = new IkeSpi(cookies.first(8).buffer().getLong());
        IkeSpi responder = new IkeSpi(cookies.from(8).buffer().getLong());
        Optional<IkeSa> named = context.sas().ikeBySpis(initiator, responder).filter(IkeSa::isVersion1);
        if (named.isEmpty()) {
            unknown.tell("ISAKMP SA");
        } else if (!named.get().connection().hasSameEnds(ike.connection())
                || !ConnectionUsers.mayEnd(ike, named.get())) {
            ignore(ike, "ISAKMP SA used to convey Delete has different IDs from ISAKMP SA it deletes");
        } else if (named.get() == ike) {
            return true;
        } else {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received Delete SA payload: deleting ISAKMP State "
                                    + named.get().serial());
            context.lifecycle().end(named.get(), Notice.IF_ESTABLISHED);
        }
        return false;
    }

    private void ipsec(IkeSa ike, int protocol, Bytes spi, PeersChildren candidates, Unknown unknown) {
        String shown = String.format("0x%08x", spi.buffer().getInt());
        Optional<ChildSa> found = candidates.find(spi, child -> context.sas().isAlive(child) && child.isEstablished());
        if (found.isEmpty()) {
            unknown.tell(ProtocolId.name(protocol) + " SA(" + shown + ")");
            return;
        }
        ChildSa child = found.get();
        if (!isOutbound(child, spi)) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "warning: Delete SA payload: " + ProtocolId.name(protocol) + " SA(" + shown
                                    + ") is our own SPI (bogus implementation) - deleting anyway");
        }
        Connection c = child.connection();
        boolean newest = c.newestChild().filter(child.serial()::equals).isPresent();
        if (newest && c.has(ConnectionPolicy.UP)) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received Delete SA payload: replace IPsec State " + child.serial() + " now");
            timers.replaceSoon(child);
        } else {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "received Delete SA(" + shown + ") payload: deleting IPsec State " + child.serial());
            context.lifecycle().endChild(child, Notice.IF_ESTABLISHED);
        }
        if (c.newestChild().isEmpty()) {
            c.set(ConnectionPolicy.UP, false);
            boolean theirs = context.sas().of(c).stream().allMatch(sa -> ConnectionUsers.mayEnd(ike, sa));
            if (theirs && !context.lifecycle().isShared(c)) {
                context.lifecycle().endAllOf(c, List.of());
            }
        }
    }

    private Stream<ChildSa> ofPeer(IkeSa ike) {
        return context
                .connections()
                .findByHosts(
                        ike.socket().interfaceAddress().address(),
                        ike.connection().remote().address())
                .stream()
                .filter(c -> c == ike.connection() || c.hasSameEnds(ike.connection()))
                .flatMap(c -> context.sas().of(c).stream())
                .filter(sa -> sa instanceof ChildSa child && child.isVersion1() && ConnectionUsers.mayEnd(ike, sa))
                .map(ChildSa.class::cast);
    }

    private static boolean isOutbound(ChildSa child, Bytes spi) {
        return child.outbound()
                .filter(id -> ChildSa.spiOctets(id.spi()).equals(spi))
                .isPresent();
    }
}
