// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.SaSerial;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.exchange.Lifetimes;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.log.RcCode;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SeenTraffic;
import org.jswan.sa.Statistics;
import org.jswan.world.World;

/**
 * How long SAs of IKEv1 live. Each waits for one thing at a time: an answer, the peer's next message, the time to be
 * replaced, its end.
 */
public final class IsakmpTimers {
    private static final List<Sa.Event> ONE_AT_A_TIME = List.of(
            Sa.Event.DISCARD,
            Sa.Event.CRYPTO_TIMEOUT,
            Sa.Event.REPLACE,
            Sa.Event.REPLACE_IF_USED,
            Sa.Event.EXPIRE,
            Sa.Event.RETRANSMIT,
            Sa.Event.SEND_XAUTH);

    /** By then the other end has given up, whatever is computed. */
    private static final Duration COMPUTED_BY = Duration.ofSeconds(60);

    private final Context context;
    private final World world;
    private final IsakmpTransmitter transmitter;
    private Consumer<Sa> onReplaceDue = sa -> {};

    public IsakmpTimers(Context context, IsakmpTransmitter transmitter) {
        this.context = context;
        this.world = context.world();
        this.transmitter = transmitter;
    }

    /** Who begins what takes the place of an SA. */
    public void onReplaceDue(Consumer<Sa> action) {
        onReplaceDue = action;
    }

    /** The SA waits for nothing any more. */
    public void clear(Sa sa) {
        sa.stopRepeating();
        ONE_AT_A_TIME.forEach(sa::disarm);
    }

    /** The SA's last message is repeated until it is answered. */
    public void retransmit(Sa sa) {
        clear(sa);
        transmitter.startRepeating(sa);
    }

    /** The peer has to go on in time. */
    void discard(Sa sa) {
        clear(sa);
        Duration limit = sa.connection().config().retransmission().timeout();
        arm(sa, Sa.Event.DISCARD, limit, () -> {
            sa.setEnd(Statistics.End.EXCHANGE_TIMEOUT);
            sa.logger().log(RcCode.LOG, "deleting incomplete state after " + limit.toSeconds() + " seconds");
            end(sa);
        });
    }

    /**
     * A helper computes for the SA. As libreswan, nothing is repeated from then on until a transition is complete: where what
     * comes of it is refused, the SA waits for the peer's next message, and ends if no good one comes.
     */
    void computing(Sa sa) {
        clear(sa);
        arm(sa, Sa.Event.CRYPTO_TIMEOUT, COMPUTED_BY, () -> {
            sa.setEnd(Statistics.End.CRYPTO_TIMEOUT);
            end(sa);
        });
    }

    /** Something else is due after that time. */
    public void arm(Sa sa, Sa.Event event, Duration after, Runnable action) {
        sa.arm(event, world.timers().after(after, event.text(), () -> {
            if (context.sas().isAlive(sa)) {
                action.run();
            }
        }));
    }

    /**
     * The SA is up: it is replaced before its life is over, or ends then.
     *
     * @param initiator whether we began the exchange that made it
     */
    void live(Sa sa, boolean initiator) {
        clear(sa);
        ConnectionConfig.Lifetimes lifetimes = sa.connection().config().lifetimes();
        boolean ofIke = sa instanceof IkeSa;
        Duration wanted = ofIke ? lifetimes.ike() : lifetimes.ipsec();
        Duration agreed = sa instanceof ChildSa child
                ? child.phase2().life()
                : ((IkeSa) sa).phase1().life();
        boolean dontRekey = sa.connection().has(ConnectionPolicy.DONT_REKEY);
        boolean tooLong = agreed.isZero() || wanted.compareTo(agreed) < 0;
        // Who does not replace an ISAKMP SA lets the peer say how long it lives.
        Duration life = tooLong && !(ofIke && dontRekey) ? wanted : agreed;
        // A responder's own, shorter life of an IPsec SA only counts if the responder replaces the SA.
        boolean shortfall = tooLong && !ofIke && !initiator;
        Sa.Event event = Sa.Event.REPLACE;
        if (dontRekey && !agreed.isZero() && !shortfall) {
            event = initiator ? Sa.Event.REPLACE_IF_USED : Sa.Event.EXPIRE;
        }
        if (event == Sa.Event.EXPIRE) {
            arm(sa, event, life, () -> expire(sa));
            return;
        }
        Duration margin = margin(lifetimes, roleOf(sa));
        if (life.compareTo(margin) > 0) {
            setMargin(sa, margin);
            life = life.minus(margin);
        }
        boolean ifUsed = event == Sa.Event.REPLACE_IF_USED;
        arm(sa, event, life, () -> replace(sa, ifUsed));
    }

    private static IkeRole roleOf(Sa sa) {
        return sa instanceof ChildSa child ? child.role() : ((IkeSa) sa).role();
    }

    private static void setMargin(Sa sa, Duration margin) {
        if (sa instanceof ChildSa child) {
            child.phase2().setReplaceMargin(margin);
        } else {
            ((IkeSa) sa).phase1().setReplaceMargin(margin);
        }
    }

    private static Duration marginOf(Sa sa) {
        return sa instanceof ChildSa child
                ? child.phase2().replaceMargin()
                : ((IkeSa) sa).phase1().replaceMargin();
    }

    /** The responder leaves the initiator time to be the first. */
    private Duration margin(ConnectionConfig.Lifetimes lifetimes, IkeRole role) {
        return Lifetimes.margin(lifetimes, role, world.random());
    }

    /** The SA is to be replaced as soon as what is under way is done; it ends as soon as that has begun. */
    public void replaceSoon(Sa sa) {
        setMargin(sa, Duration.ZERO);
        clear(sa);
        arm(sa, Sa.Event.REPLACE, Duration.ZERO, () -> replace(sa, false));
    }

    /** The SA is not wanted any more. */
    public void expireSoon(Sa sa) {
        clear(sa);
        arm(sa, Sa.Event.EXPIRE, Duration.ZERO, () -> expire(sa));
    }

    /** The SA is to be replaced now; it carries traffic until its life is over. */
    public void replace(Sa sa, boolean ifUsed) {
        String kind = sa instanceof IkeSa ? "IKE" : "CHILD";
        Optional<SaSerial> newer = context.lifetimes().newer(sa);
        if (newer.isPresent()) {
            sa.logger()
                    .debug("not replacing stale " + kind + " SA " + sa.serial().value() + "; " + newer.get()
                            + " will do");
        } else if (ifUsed && !isInUse(sa)) {
            sa.logger().debug("not replacing stale " + kind + " SA: inactive");
        } else {
            onReplaceDue.accept(sa);
        }
        if (context.sas().isAlive(sa)) {
            sa.disarm(Sa.Event.DPD);
            clear(sa);
            arm(sa, Sa.Event.EXPIRE, marginOf(sa), () -> expire(sa));
        }
    }

    private boolean isInUse(Sa sa) {
        Duration margin = sa.connection().config().lifetimes().margin();
        if (!(sa instanceof ChildSa child)) {
            return ((IkeSa) sa)
                    .phase1()
                    .lastUse()
                    .filter(used -> world.clock().nanos() - used < margin.toNanos())
                    .isPresent();
        }
        try {
            Optional<SaCounters> counters = context.kernel().counters(child, false);
            Optional<Instant> lastUsed = counters.flatMap(SaCounters::lastUsed);
            if (lastUsed.isPresent()) {
                return lastUsed.get().plus(margin).isAfter(world.clock().wall());
            }
            // PF_KEY does not tell; as libreswan: it is in use if the counter has grown since it was last read.
            SeenTraffic traffic = child.traffic(false);
            return counters.isPresent()
                    && traffic.any()
                    && traffic.idle(world.clock().nanos()).compareTo(margin) < 0;
        } catch (KernelException unreadable) {
            child.logger().debug(unreadable.getMessage());
            return false;
        }
    }

    /** The life of an SA is over. */
    void expire(Sa sa) {
        if (context.lifetimes().newer(sa).isEmpty() && isolatedEnd(sa)) {
            String why = sa.connection().has(ConnectionPolicy.DONT_REKEY) ? "--dontrekey" : "LATEST!";
            sa.logger().log(RcCode.LOG, (sa instanceof IkeSa ? "IKE" : "CHILD") + " SA expired (" + why + ")");
        }
        end(sa);
    }

    /** As libreswan: only of ISAKMP SAs that were up is it worth a line. */
    private static boolean isolatedEnd(Sa sa) {
        return sa instanceof IkeSa ike && ike.isEstablished();
    }

    void end(Sa sa) {
        if (sa instanceof IkeSa ike) {
            context.lifecycle().end(ike, Notice.IF_ESTABLISHED);
        } else if (sa instanceof ChildSa child) {
            context.lifecycle().endChild(child, Notice.IF_ESTABLISHED);
        }
    }
}
