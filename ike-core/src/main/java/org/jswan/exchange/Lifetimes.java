// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SaCounters;
import org.jswan.log.RcCode;
import org.jswan.random.RandomSource;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.world.World;

/** How long SAs live: until they are half-open for too long, are to be replaced, or have expired. */
public final class Lifetimes {
    /** How long a half-open responder waits for the next request. */
    private static final Duration HALF_OPEN = Duration.ofSeconds(200);

    /** How long packets and messages of an SA that was replaced are still awaited. */
    private static final Duration AFTERLIFE = Duration.ofSeconds(1);

    /** How long the peer has to end an SA that it replaced. */
    private static final Duration ABANDONED = Duration.ofSeconds(60);

    /** The least time between two tries to replace an SA, as long as the peer says TEMPORARY_FAILURE. */
    private static final Duration BUSY = Duration.ofSeconds(5);

    private final World world;
    private final SaDatabase sas;
    private final Lifecycle lifecycle;
    private final ChildKernel kernel;
    private Consumer<Sa> onRekeyDue = sa -> {};
    private Consumer<Sa> onReplaceDue = sa -> {};
    private Consumer<ChildSa> onChildUp = child -> {};

    public Lifetimes(World world, SaDatabase sas, Lifecycle lifecycle, ChildKernel kernel) {
        this.world = world;
        this.sas = sas;
        this.lifecycle = lifecycle;
        this.kernel = kernel;
    }

    /** Who makes successors in time. */
    public void onRekeyDue(Consumer<Sa> action) {
        onRekeyDue = action;
    }

    /** Who makes successors of what ends without one. */
    public void onReplaceDue(Consumer<Sa> action) {
        onReplaceDue = action;
    }

    /** Who else is told that a Child SA carries traffic. */
    public void onChildUp(Consumer<ChildSa> action) {
        onChildUp = onChildUp.andThen(action);
    }

    /** The SA ends if it is not made in time. */
    public void armDiscard(Sa sa) {
        sa.arm(Sa.Event.DISCARD, world.timers().after(HALF_OPEN, Sa.Event.DISCARD.text(), () -> discard(sa)));
    }

    private void discard(Sa sa) {
        sa.setEnd(Statistics.End.EXCHANGE_TIMEOUT);
        sa.logger().log(RcCode.LOG, "deleting incomplete state after " + HALF_OPEN.toSeconds() + " seconds");
        if (sa instanceof ChildSa child) {
            lifecycle.endChild(child, Notice.NEVER);
        } else {
            lifecycle.end((IkeSa) sa, Notice.NEVER);
        }
    }

    /** The IKE SA lives until its lifetime is over; before that, a successor is due. */
    public void armIkeLife(IkeSa ike) {
        ike.disarm(Sa.Event.DISCARD);
        armLife(ike, ike.role(), ike.connection().config().lifetimes().ike());
    }

    /** An IPsec SA of IKEv1 carries traffic. */
    public void childUp(ChildSa child) {
        onChildUp.accept(child);
    }

    /** The Child SA carries traffic, and lives from now on until its lifetime is over. */
    public void armChildLife(ChildSa child) {
        onChildUp.accept(child);
        armLife(child, child.role(), child.connection().config().lifetimes().ipsec());
    }

    private void armLife(Sa sa, IkeRole role, Duration life) {
        ConnectionConfig.Lifetimes lifetimes = sa.connection().config().lifetimes();
        boolean lent = sa.connection().has(ConnectionPolicy.OPPORTUNISTIC)
                && sa.connection().remote().isLeased();
        if (lent || sa.connection().has(ConnectionPolicy.DONT_REKEY)) {
            arm(sa, Sa.Event.EXPIRE, life, this::expire);
            return;
        }
        if (sa instanceof ChildSa || !sa.connection().has(ConnectionPolicy.REAUTH)) {
            arm(sa, Sa.Event.REKEY, untilRekey(lifetimes, role, life), onRekeyDue);
        }
        arm(sa, Sa.Event.REPLACE, life, this::replace);
    }

    /** Tries to make a successor again in a while: the peer was busy with something that excludes it. */
    public void retryRekey(Sa sa) {
        if (sas.isAlive(sa) && !sa.connection().has(ConnectionPolicy.DONT_REKEY)) {
            long fuzz = Long.remainderUnsigned(world.random().nextLong(), BUSY.toMillis());
            arm(sa, Sa.Event.REKEY, BUSY.plusMillis(fuzz), onRekeyDue);
        }
    }

    /** The life of an SA is over: it ends, and what takes its place begins anew. */
    public void replace(Sa sa) {
        onReplaceDue.accept(sa);
        expire(sa);
    }

    /** The SA has a successor that we asked for: it ends as soon as nothing can be under way for it any more. */
    public void retire(Sa sa) {
        if (sas.isAlive(sa)) {
            disarm(sa, Sa.Event.REKEY);
            disarm(sa, Sa.Event.REPLACE);
            arm(sa, Sa.Event.EXPIRE, AFTERLIFE, this::expire);
        }
    }

    /**
     * The peer asked for a Child SA: packets leave by it once the peer surely has its half, for it sent something by
     * it, or so much time has passed. That the peer ends the older one shows it, too. RFC 7296 §2.8.
     */
    public void useOnceHeard(ChildSa child) {
        useOnceHeard(child, child.replaces().isPresent() ? ABANDONED : AFTERLIFE);
    }

    private void useOnceHeard(ChildSa child, Duration longest) {
        world.timers().after(AFTERLIFE, "USE_CHILD", () -> {
            if (!sas.isAlive(child) || !child.awaitsUse()) {
                return;
            }
            Duration left = longest.minus(AFTERLIFE);
            if (left.isZero() || hasCarried(child)) {
                kernel.use(child);
            } else {
                useOnceHeard(child, left);
            }
        });
    }

    private boolean hasCarried(ChildSa child) {
        try {
            return kernel.counters(child, true).map(SaCounters::bytes).orElse(0L) > 0;
        } catch (KernelException unreadable) {
            child.logger().debug("no counters of inbound SA: " + unreadable.getMessage());
            return false;
        }
    }

    /** The SA has a successor that the peer asked for: the peer ends it. */
    public void leaveToPeer(Sa sa) {
        if (sas.isAlive(sa) && !sa.connection().has(ConnectionPolicy.DONT_REKEY)) {
            disarm(sa, Sa.Event.EXPIRE);
            disarm(sa, Sa.Event.REPLACE);
            arm(sa, Sa.Event.REPLACE, ABANDONED, this::replace);
        }
    }

    private void arm(Sa sa, Sa.Event event, Duration after, Consumer<Sa> action) {
        sa.logger().debug(() -> LifeTrace.scheduled(sa, event, after));
        sa.arm(event, world.timers().after(after, event.text(), () -> {
            sa.logger().debug(() -> LifeTrace.due(sa, event));
            action.accept(sa);
        }));
    }

    private static void disarm(Sa sa, Sa.Event event) {
        if (sa.isArmed(event)) {
            sa.logger().debug(LifeTrace.deleting(sa, event));
            sa.disarm(event);
        }
    }

    /** A transition of an SA changes nothing in how long it lives. */
    static void retain(Sa sa) {
        for (Sa.Event event : List.of(Sa.Event.REPLACE, Sa.Event.EXPIRE)) {
            if (sa.isArmed(event)) {
                sa.logger().debug(LifeTrace.retaining(sa, event));
            }
        }
    }

    /** The initiator rekeys first, at a time nobody can guess; the responder only if the initiator did not. */
    private Duration untilRekey(ConnectionConfig.Lifetimes lifetimes, IkeRole role, Duration life) {
        Duration margin = margin(lifetimes, role, world.random());
        return life.compareTo(margin) > 0 ? life.minus(margin) : life;
    }

    /** How long before the end of an SA its successor is due at that end. */
    public static Duration margin(ConnectionConfig.Lifetimes lifetimes, IkeRole role, RandomSource random) {
        Duration margin = lifetimes.margin();
        if (role == IkeRole.RESPONDER) {
            margin = margin.dividedBy(2);
        } else {
            long fuzz = margin.toMillis() * lifetimes.fuzzPercent() / 100;
            margin = margin.plusMillis(fuzz == 0 ? 0 : Long.remainderUnsigned(random.nextLong(), fuzz));
        }
        return margin;
    }

    /** An SA ends because its time is over, or its successor is there. */
    public void expire(Sa sa) {
        if (!sas.isAlive(sa)) {
            return;
        }
        boolean ofIke = sa instanceof IkeSa;
        if (newer(sa).isEmpty() && (ofIke || ((ChildSa) sa).isEstablished())) {
            String why = sa.connection().has(ConnectionPolicy.DONT_REKEY) ? "--dontrekey" : "LATEST!";
            sa.logger().log(RcCode.LOG, (ofIke ? "IKE" : "CHILD") + " SA expired (" + why + ")");
        }
        if (sa instanceof IkeSa ike) {
            lifecycle.end(ike, Notice.IF_ESTABLISHED);
        } else if (sa instanceof ChildSa child) {
            lifecycle.closeChild(child);
        }
    }

    /** The SA of the same kind that its connection has in its place. */
    public Optional<SaSerial> newer(Sa sa) {
        Connection c = sa.connection();
        Optional<SaSerial> newest = sa instanceof IkeSa ? c.newestIke() : c.newestChild();
        return newest.filter(serial -> !serial.equals(sa.serial()));
    }
}
