// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.informational;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.base.Bytes;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionKind;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.Notifications;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.DeadPeerDetection;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.wire.WireWriter;
import org.jswan.wire.v1.NotificationPayload;
import org.jswan.wire.v1.NotificationType;

/**
 * Finds out whether peers are alive (RFC 3706). Each IPsec SA looks after its peer; the ISAKMP SA asks for all, and
 * remembers when the peer was last heard.
 *
 * <pre>
 * HDR*, HASH(1), N(R_U_THERE, number)  --&gt;
 *                                      &lt;--  HDR*, HASH(1), N(R_U_THERE_ACK, number)
 * </pre>
 */
public final class DeadPeers {
    private static final int COOKIES = 16;

    /** As libreswan: the first number leaves room for those that follow. */
    private static final long FIRST_MASK = 0x7fff;

    private final Context context;
    private final Notifications notifications;
    private Function<Connection, Optional<IkeSa>> carrier = c -> Optional.empty();
    private BiConsumer<Connection, Logger> restart = (c, logger) -> {};
    private Consumer<Connection> unroute = c -> {};

    public DeadPeers(Context context, Notifications notifications) {
        this.context = context;
        this.notifications = notifications;
    }

    /** Who knows the ISAKMP SA that is up between a connection's ends. */
    public void askBy(Function<Connection, Optional<IkeSa>> finder) {
        carrier = finder;
    }

    /** Who ends and begins anew all connections with a connection's peer, and who takes its route away. */
    public void onDeath(BiConsumer<Connection, Logger> restarting, Consumer<Connection> unrouting) {
        restart = restarting;
        unroute = unrouting;
    }

    /** An ISAKMP SA is up: a peer that cannot be watched although it should is worth a line. */
    public void check(IkeSa ike) {
        boolean wanted = isWanted(ike.connection());
        if (!ike.phase1().peer().detectsDeadPeers() && wanted) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Configured DPD (RFC 3706) support not enabled because remote peer did not advertise DPD support");
        }
    }

    private static boolean isWanted(Connection c) {
        return !c.config().liveness().delay().isZero();
    }

    /** An IPsec SA carries traffic: if its connection wants it, and the peer can, the peer is watched. */
    public void watch(ChildSa child) {
        if (!child.isVersion1()
                || !isWanted(child.connection())
                || !child.ike().phase1().peer().detectsDeadPeers()) {
            return;
        }
        new Watch(child).arm(child.connection().config().liveness().delay());
    }

    /** Looks after the peer for one IPsec SA. */
    private final class Watch {
        private final ChildSa child;
        private Optional<Long> lastContact = Optional.empty();
        private Optional<Long> lastTraffic = Optional.empty();
        private long bytes;

        Watch(ChildSa child) {
            this.child = child;
        }

        void arm(Duration after) {
            child.arm(Sa.Event.DPD, context.world().timers().after(after, Sa.Event.DPD.text(), () -> {
                if (context.sas().isAlive(child)) {
                    look();
                }
            }));
        }

        private ConnectionConfig.Liveness wanted() {
            return child.connection().config().liveness();
        }

        private void look() {
            Connection c = child.connection();
            Optional<IkeSa> by = carrier.apply(c);
            if (by.isEmpty()) {
                child.logger()
                        .log(RcCode.LOG_SERIOUS, "DPD: could not find newest phase 1 state - initiating a new one");
                dead(c, child.logger());
                return;
            }
            Optional<SaSerial> newest = c.newestChild();
            if (!newest.equals(Optional.of(child.serial()))) {
                child.logger().debug("DPD: no need to send or schedule DPD for replaced IPsec SA");
                return;
            }
            if (by.get().phase1().peer().detectsDeadPeers()) {
                look(by.get());
            }
        }

        private void look(IkeSa ike) {
            long now = context.world().clock().nanos();
            Duration left = untilDue(ike, now);
            if (!left.isZero()) {
                child.logger().debug("DPD: not yet time for dpd event");
                arm(left);
                return;
            }
            if (!ike.nat().detected() && hasTraffic(now)) {
                child.logger().debug("DPD: out event not sent, phase 2 active");
                lastContact = Optional.of(now);
                ike.disarm(Sa.Event.DPD_TIMEOUT);
                arm(wanted().delay());
                return;
            }
            arm(wanted().delay());
            ask(ike, wanted().timeout());
            lastContact = Optional.of(now);
        }

        /** Zero if the peer was not heard for as long as that may be. */
        private Duration untilDue(IkeSa ike, long now) {
            Optional<Long> byAll = ike.phase1().deadPeerDetection().lastContact();
            Optional<Long> last = byAll.isPresent() && lastContact.isPresent()
                    ? Optional.of(Math.max(byAll.get(), lastContact.get()))
                    : byAll.or(() -> lastContact);
            Duration left =
                    last.map(at -> wanted().delay().minusNanos(now - at)).orElse(Duration.ZERO);
            return left.isNegative() ? Duration.ZERO : left;
        }

        /** As libreswan: what came since the last look came now. */
        private boolean hasTraffic(long now) {
            try {
                long counted = context.kernel()
                        .counters(child, true)
                        .map(SaCounters::bytes)
                        .orElse(bytes);
                if (counted > bytes) {
                    bytes = counted;
                    lastTraffic = Optional.of(now);
                }
            } catch (KernelException unreadable) {
                child.logger().debug(unreadable.getMessage());
                return false;
            }
            return lastTraffic
                    .filter(at -> now - at < wanted().delay().toNanos())
                    .isPresent();
        }
    }

    private void ask(IkeSa ike, Duration timeout) {
        DeadPeerDetection state = ike.phase1().deadPeerDetection();
        if (state.next() == 0) {
            state.begin((context.world().random().nextLong() & FIRST_MASK) + 1);
        }
        awaitAnswer(ike, timeout);
        long number = state.ask();
        ike.logger()
                .debug("DPD: sending R_U_THERE " + number + " to " + ike.remote() + " (state " + ike.serial() + ")");
        notifications.tell(ike, NotificationType.R_U_THERE, octets(number));
        state.setLastContact(context.world().clock().nanos());
        context.sas().statistics().count("ike.dpd.sent");
    }

    private static Bytes octets(long number) {
        return new WireWriter().u32(number).toBytes();
    }

    /** The first question that is not answered counts. */
    private void awaitAnswer(IkeSa ike, Duration timeout) {
        if (ike.isArmed(Sa.Event.DPD_TIMEOUT)) {
            return;
        }
        ike.logger().debug("DPD: scheduling timeout to " + timeout.toSeconds());
        ike.arm(Sa.Event.DPD_TIMEOUT, context.world().timers().after(timeout, Sa.Event.DPD_TIMEOUT.text(), () -> {
            if (context.sas().isAlive(ike)) {
                dead(ike.connection(), ike.logger());
            }
        }));
    }

    /** The peer asks whether we are alive. */
    void asked(IkeSa ike, NotificationPayload question) {
        if (!ike.isEstablished()) {
            ike.logger().log(RcCode.LOG_SERIOUS, "DPD: received R_U_THERE for unestablished ISKAMP SA");
            return;
        }
        Optional<Long> number = number(ike, question, "R_U_THERE", " (tolerated)");
        if (number.isEmpty()) {
            return;
        }
        DeadPeerDetection state = ike.phase1().deadPeerDetection();
        DeadPeerDetection.Order order = state.take(number.get());
        if (order != DeadPeerDetection.Order.NEW) {
            ike.logger().log(RcCode.LOG_SERIOUS, "DPD: received old or duplicate R_U_THERE");
        }
        if (order == DeadPeerDetection.Order.REPEATED_TOO_OFTEN) {
            ike.logger()
                    .log(RcCode.LOG_SERIOUS, "DPD: received 3 or more duplicate R_U_THERE's - will no longer answer");
            return;
        }
        if (order == DeadPeerDetection.Order.REPEATED) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "DPD: received less than 3 duplicate R_U_THERE's - will reluctantly answer");
        }
        notifications.tell(ike, NotificationType.R_U_THERE_ACK, question.data());
        state.setLastContact(context.world().clock().nanos());
        context.sas().statistics().count("ike.dpd.replied");
        ike.disarm(Sa.Event.DPD_TIMEOUT);
    }

    /** The peer says that it is alive. */
    void answered(IkeSa ike, NotificationPayload answer) {
        if (!ike.isEstablished()) {
            ike.logger().log(RcCode.LOG_SERIOUS, "DPD: received R_U_THERE_ACK for unestablished ISKAMP SA");
            return;
        }
        Optional<Long> number = number(ike, answer, "R_U_THERE_ACK", "");
        if (number.isEmpty()) {
            return;
        }
        DeadPeerDetection state = ike.phase1().deadPeerDetection();
        ike.logger()
                .debug("DPD: R_U_THERE_ACK, seqno received: " + number.get() + " expected: " + state.awaited()
                        + " (state=" + ike.serial() + ")");
        if (state.awaited() == number.get() && state.awaited() != 0) {
            state.setLastContact(context.world().clock().nanos());
            state.answered();
        } else if (state.awaited() == 0) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "DPD: unexpected R_U_THERE_ACK packet with sequence number " + number.get());
        }
        context.sas().statistics().count("ike.dpd.recv");
        ike.disarm(Sa.Event.DPD_TIMEOUT);
    }

    /** @param tolerated what debugging lines add where cookies are wrong, which changes nothing */
    private static Optional<Long> number(IkeSa ike, NotificationPayload payload, String name, String tolerated) {
        if (payload.spiSize() != COOKIES || !payload.hasWholeSpi()) {
            ike.logger()
                    .log(RcCode.LOG_SERIOUS, "DPD: " + name + " has invalid SPI length (" + payload.spiSize() + ")");
            return Optional.empty();
        }
        if (!payload.spi().startsWith(ike.initiatorSpi().octets())) {
            ike.logger().debug("DPD: " + name + " has invalid icookie" + tolerated);
        }
        if (!payload.spi().from(COOKIES / 2).equals(ike.responderSpi().octets())) {
            ike.logger().debug("DPD: " + name + " has invalid rcookie" + tolerated);
        }
        Bytes data = payload.data();
        if (data.length() != Integer.BYTES) {
            ike.logger().log(RcCode.LOG_SERIOUS, "DPD: " + name + " has invalid data length (" + data.length() + ")");
            return Optional.empty();
        }
        return Optional.of(Integer.toUnsignedLong(data.buffer().getInt()));
    }

    /** The peer of a connection does not say that it is alive. */
    private void dead(Connection c, Logger logger) {
        switch (c.config().liveness().action()) {
            case RESTART -> {
                logger.log("DPD action - restarting all connections that share this peer");
                restart.accept(c, logger);
            }
            case CLEAR -> {
                logger.log("DPD action - clearing connection kind " + c.kind().text());
                context.lifecycle().endFamilyOf(c);
                if (context.connections().find(c.serial()).isPresent()) {
                    unroute.accept(c);
                }
            }
            case HOLD -> {
                logger.log("DPD action - putting connection into hold");
                if (c.kind() == ConnectionKind.INSTANCE) {
                    logger.debug("DPD warning dpdaction=hold on instance futile - will be deleted");
                }
                context.lifecycle().endFamilyOf(c);
            }
                // Then nothing is asked.
            case DISABLED -> {}
        }
    }
}
