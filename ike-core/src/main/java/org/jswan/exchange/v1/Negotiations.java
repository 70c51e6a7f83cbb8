// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.v1.engine.ConnectionUsers;
import org.jswan.exchange.v1.phase1.AggressiveInitiator;
import org.jswan.exchange.v1.phase1.MainInitiator;
import org.jswan.exchange.v1.quick.QuickInitiator;
import org.jswan.exchange.v1.quick.QuickOccasion;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V1State;

/** How IKEv1 brings connections up: phase 1 first, then Quick Mode for each connection that waits. */
final class Negotiations implements Initiator.Protocol {
    private final Context context;
    private final MainInitiator main;
    private final AggressiveInitiator aggressive;
    private final QuickInitiator quick;
    private final StuckNegotiations stuck;
    private final ConnectionUsers users;
    private Initiator initiator;

    Negotiations(
            Context context,
            MainInitiator main,
            AggressiveInitiator aggressive,
            QuickInitiator quick,
            StuckNegotiations stuck) {
        this.context = context;
        this.main = main;
        this.aggressive = aggressive;
        this.quick = quick;
        this.stuck = stuck;
        this.users = new ConnectionUsers(context.sas());
    }

    /** Who begins phase 1. */
    void beginBy(Initiator of) {
        initiator = of;
        stuck.beginBy(of);
    }

    @Override
    public IkeSa make(Connection c) {
        return context.newSas()
                .initiator(
                        c,
                        c.socket().orElseThrow(),
                        c.remote().endpoint().orElseThrow(),
                        isAggressive(c) ? V1State.AGGR_I1 : V1State.MAIN_I1);
    }

    private static boolean isAggressive(Connection c) {
        return c.has(ConnectionPolicy.AGGRESSIVE);
    }

    @Override
    public void begin(IkeSa ike, Connection c, Optional<IkeSa> replaces, boolean unwatched, Runnable begun) {
        // As libreswan: whoever takes another's place brings up what that would have, and no more.
        if (replaces.isEmpty() && (c.has(ConnectionPolicy.ENCRYPT) || c.has(ConnectionPolicy.AUTHENTICATE))) {
            ike.wishFirst(new PendingQuick(c, ike.logger().sessions(), QuickOccasion.FIRST));
        }
        if (isAggressive(c)) {
            aggressive.begin(ike, replaces);
        } else {
            ike.logger()
                    .log("initiating IKEv1 Main Mode connection"
                            + replaces.map(old -> " to replace " + old.serial()).orElse(""));
            main.begin(ike, replaces);
        }
        replaces.ifPresent(old -> old.takeWishes().forEach(ike::wish));
        begun.run();
    }

    /** A Quick Mode that waits for its ISAKMP SA, and who waits for it. */
    private final class PendingQuick implements IkeSa.Wish {
        private final long since = context.world().clock().nanos();
        private final Connection connection;
        private final Logger watching;
        private final QuickOccasion occasion;

        PendingQuick(Connection connection, List<WhackSession> sessions, QuickOccasion occasion) {
            stuck.watch(connection);
            this.connection = connection;
            this.watching = connection.logger().derive(() -> "");
            sessions.forEach(watching::attach);
            this.occasion = occasion;
        }

        @Override
        public void fulfil(IkeSa ike) {
            if (context.connections().find(connection.serial()).isPresent()) {
                quick.begin(ike, connection, watching.sessions(), occasion);
            }
            watching.detachAll();
        }

        @Override
        public void abandon() {
            watching.detachAll();
        }

        @Override
        public void letGo(List<WhackSession> told, String story) {
            Initiator.letGo(watching, told, connection + ": " + story, "IPsec SA");
        }

        @Override
        public Optional<Long> sinceNanos() {
            return Optional.of(since);
        }

        @Override
        public Optional<String> waiting() {
            return Optional.of(connection
                    + occasion.replaces().map(old -> " replacing " + old).orElse(""));
        }

        @Override
        public boolean isFor(Connection other) {
            return connection == other;
        }
    }

    @Override
    public boolean isOfUse(IkeSa ike, Connection c) {
        return ike.state() instanceof V1State state
                && !ike.phase1().isLeaving()
                && users.mayCarry(ike, c)
                && (state.isEstablished()
                        || state == V1State.MAIN_I1
                        || state == V1State.MAIN_I2
                        || state == V1State.MAIN_I3
                        || state == V1State.AGGR_I1);
    }

    @Override
    public void sayQueued(IkeSa ike, Connection c) {
        c.logger()
                .log(
                        RcCode.COMMENT,
                        "queue IPsec SA; waiting on ISAKMP SA " + ike.connection() + " " + ike.serial()
                                + " negotiating with "
                                + c.remote().address().orElseThrow());
    }

    @Override
    public void newChild(IkeSa ike, Connection connection, List<WhackSession> watching) {
        quick.begin(ike, connection, watching, QuickOccasion.FIRST);
    }

    @Override
    public boolean queue(IkeSa ike, Connection c, List<WhackSession> watching) {
        queue(ike, c, watching, QuickOccasion.FIRST);
        return true;
    }

    /** As libreswan: what waits already is not asked for again. The newest comes first. */
    private void queue(IkeSa ike, Connection c, List<WhackSession> watching, QuickOccasion occasion) {
        if (ike.wishes().stream().noneMatch(wish -> wish.isFor(c))) {
            watching.forEach(c.logger()::attach);
            sayQueued(ike, c);
            watching.forEach(c.logger()::detach);
            ike.wishFirst(new PendingQuick(c, watching, occasion));
        }
    }

    /**
     * An IPsec SA gets a successor, by whichever ISAKMP SA there is or will be.
     *
     * @param attempt the how manieth try it is, from 1
     */
    void renew(ChildSa old, long attempt) {
        Connection c = old.connection();
        Optional<IkeSa> by = initiator.existing(c);
        if (initiator.isClosing()) {
            return;
        }
        QuickOccasion occasion = QuickOccasion.replacing(old, attempt);
        if (by.isEmpty()) {
            initiator.beginAlone(c, attempt).ifPresent(ike -> handDown(occasion.anew(), ike, c));
        } else if (by.get().isEstablished()) {
            quick.begin(by.get(), c, List.of(), occasion);
        } else {
            queue(by.get(), c, List.of(), occasion);
        }
    }

    /** What waits for a new ISAKMP SA asks for what the old SA had, too. */
    private void handDown(QuickOccasion occasion, IkeSa ike, Connection c) {
        List<IkeSa.Wish> waiting = ike.takeWishes();
        waiting.forEach(wish -> ike.wish(wish.isFor(c) ? new PendingQuick(c, List.of(), occasion) : wish));
    }

    /** The ISAKMP SA that is up between the ends of a connection. */
    Optional<IkeSa> established(Connection c) {
        return initiator.existing(c).filter(IkeSa::isEstablished);
    }

    /** The peer did not answer what an SA of ours began with: unless that was tried often enough, it begins anew. */
    void tryAgain(Sa sa) {
        if (sa instanceof IkeSa ike) {
            initiator.tryAgain(ike, ike.connection());
            return;
        }
        ChildSa child = (ChildSa) sa;
        long limit = child.connection().keyingTries();
        long next = child.phase2().attempt() + 1;
        if ((limit == 0 || next <= limit) && !initiator.isClosing()) {
            Initiator.sayTrying(child, next, limit);
            renew(child, next);
        }
    }

    /** There is no exchange for it: an SA gets a successor as it would before its end. */
    @Override
    public void rekey(Sa old) {
        if (old instanceof ChildSa child) {
            renew(child, 1);
        } else {
            initiator.beginAnew((IkeSa) old);
        }
    }
}
