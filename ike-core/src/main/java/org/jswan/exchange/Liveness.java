// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionKind;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.log.Logger;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.world.World;

/**
 * Finds out whether peers are alive (RFC 7296 §2.4): one of whom nothing came for {@code dpddelay=} is asked, with a
 * request that holds nothing. What follows when a peer does not answer is {@code dpdaction=}'s.
 *
 * <pre>
 * HDR, SK {}  --&gt;
 *             &lt;--  HDR, SK {}
 * </pre>
 */
public final class Liveness {
    /** The least time between two looks; contact that much short of the delay counts as a whole delay ago. */
    private static final Duration LEAST = Duration.ofSeconds(1);

    private final World world;
    private final Lifecycle lifecycle;
    private final Transmitter transmitter;
    private final ChildKernel kernel;
    private final Consumer<IkeSa> restart;

    /** @param restart ends and begins anew all connections with the peer of an IKE SA */
    public Liveness(
            World world, Lifecycle lifecycle, Transmitter transmitter, ChildKernel kernel, Consumer<IkeSa> restart) {
        this.world = world;
        this.lifecycle = lifecycle;
        this.transmitter = transmitter;
        this.kernel = kernel;
        this.restart = restart;
    }

    /** A Child SA carries traffic: if its connection wants it, the peer is watched as long as it does. */
    public void watch(ChildSa child) {
        Duration delay = child.connection().config().liveness().delay();
        if (!delay.isZero() && !child.isVersion1()) {
            Watch watch = new Watch(child, world.clock().nanos());
            watch.arm(atLeast(delay));
        }
    }

    /** Asks whether the peer of an established IKE SA is alive, whatever is known of it. */
    public void probe(IkeSa ike) {
        lifecycle.wish(ike, sa -> {
            lifecycle.statistics().count("ike.dpd.sent");
            transmitter.sendRequest(sa, ExchangeType.INFORMATIONAL, List.of());
        });
    }

    /** Looks after the peer of a Child SA now instead of when the next look is due. */
    public void lookNow(ChildSa child) {
        new Watch(
                        child,
                        world.clock().nanos()
                                - child.connection().config().liveness().delay().toNanos())
                .look();
    }

    private static Duration atLeast(Duration delay) {
        return delay.compareTo(LEAST) < 0 ? LEAST : delay;
    }

    /** The peer of one Child SA, and the traffic that came by it. */
    private final class Watch {
        private final ChildSa child;
        private long bytes;
        private long lastTraffic;

        Watch(ChildSa child, long now) {
            this.child = child;
            this.lastTraffic = now;
        }

        void arm(Duration after) {
            child.arm(Sa.Event.LIVENESS, world.timers().after(after, Sa.Event.LIVENESS.text(), this::look));
        }

        private void look() {
            IkeSa ike = child.ike();
            Optional<SaSerial> newest = child.connection().newestChild();
            if (!newest.equals(Optional.of(child.serial()))) {
                world.logger()
                        .debug("liveness: " + child.serial() + " was replaced by #"
                                + newest.map(SaSerial::value).orElse(0L) + " so not needed");
            } else if (ike.window().isRequestOutstanding()) {
                // If it is answered the peer is alive, and if not that is noticed.
                again(Duration.ZERO, "request outstanding");
            } else if (ike.hasWishes()) {
                again(Duration.ZERO, "request pending");
            } else if (!isRecent(ike.lastResponseNanos(), "successful exchange")
                    && !isRecent(ike.lastRequestNanos(), "peer contact")
                    && !isRecent(lastTraffic(), "recent IPsec traffic")) {
                ask(ike);
                again(Duration.ZERO, "backup for liveness probe");
            }
        }

        /** Whether the contact was not long ago; then the next look is due when it will be. */
        private boolean isRecent(long contact, String reason) {
            Duration since = Duration.ofNanos(world.clock().nanos() - contact);
            boolean recent = since.plus(LEAST).compareTo(delay()) < 0;
            if (recent) {
                again(since, reason);
            }
            return recent;
        }

        private Duration delay() {
            return child.connection().config().liveness().delay();
        }

        private void again(Duration sinceContact, String reason) {
            Duration delay = atLeast(delay().minus(sinceContact));
            world.logger()
                    .debug("liveness: " + child.serial() + " scheduling next check for "
                            + child.ike().remote() + " in " + Durations.seconds(delay) + " seconds (" + reason
                            + (sinceContact.isZero()
                                    ? ")"
                                    : " was " + Durations.seconds(sinceContact) + " seconds ago)"));
            arm(delay);
        }

        /** As libreswan: traffic since the last look counts as traffic now. */
        private long lastTraffic() {
            try {
                long counted =
                        kernel.counters(child, true).map(SaCounters::bytes).orElse(bytes);
                if (counted > bytes) {
                    bytes = counted;
                    lastTraffic = world.clock().nanos();
                }
            } catch (KernelException unreadable) {
                child.logger().debug(unreadable.getMessage());
            }
            return lastTraffic;
        }

        private void ask(IkeSa ike) {
            world.logger()
                    .debug("liveness: " + child.serial() + " queueing liveness probe for " + ike.remote() + " using "
                            + ike.serial());
            Liveness.this.probe(ike);
        }
    }

    /** The peer of an established IKE SA does not answer any more. */
    public void dead(IkeSa ike) {
        Connection c = ike.connection();
        ConnectionConfig.Liveness wanted = c.config().liveness();
        Logger logger = ike.logger();
        switch (wanted.action()) {
            case RESTART -> {
                logger.log("liveness action - restarting all connections that share this peer");
                restart.accept(ike);
                return;
            }
                // As libreswan: the trap stays, for by the time that it looks whether to unroute the SA is the newest
                // no more.
            case CLEAR -> logger.log(
                    "liveness action - clearing connection kind " + c.kind().text());
            case HOLD -> {
                logger.log("liveness action - putting connection into hold");
                if (c.kind() == ConnectionKind.INSTANCE) {
                    logger.debug("liveness warning: dpdaction=hold on instance futile - will be deleted");
                }
            }
                // Nothing is wanted: whatever is to stay up will be revived.
            case DISABLED -> {}
        }
        lifecycle.end(ike, Lifecycle.Notice.NEVER);
    }
}
