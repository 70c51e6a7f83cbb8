// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.SecurityLabel;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.HostSpec;
import org.jswan.connection.IkeVersion;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.routing.Instances;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;

/** Begins negotiations: because somebody asks, because a try failed, because an SA nears its end. */
public final class Initiator {
    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Lifecycle lifecycle;
    private final Lifetimes lifetimes;
    private final Protocol version1;
    private final Protocol version2;
    private final Instances instances;
    private final IdleSas idle;
    private Consumer<IkeSa> onDeadPeer;
    private Runnable onUnknownPeer = () -> {};
    private boolean closing;

    /** How a version of IKE brings connections up and keeps them so. */
    public interface Protocol {
        /** A new IKE SA with the connection's peer, of which nothing was sent yet. */
        IkeSa make(Connection c);

        /**
         * Begins to negotiate it.
         *
         * @param replaces the IKE SA whose place it takes, for what it says
         * @param unwatched whether whoever asked hears only that it has begun
         * @param begun told when it has begun, or never will
         */
        void begin(IkeSa ike, Connection c, Optional<IkeSa> replaces, boolean unwatched, Runnable begun);

        /** Whether the connection, which has the same ends, can have its SAs by it: it is up, or we are about to bring it up. */
        boolean isOfUse(IkeSa ike, Connection c);

        /** Says that what a connection needs waits until an IKE SA is up. */
        void sayQueued(IkeSa ike, Connection c);

        /**
         * Has what a connection needs wait for an IKE SA in the making, in a way of its own.
         *
         * @return false if it waits as all others do
         */
        default boolean queue(IkeSa ike, Connection c, List<WhackSession> watching) {
            return false;
        }

        /**
         * Asks for one more Child SA on an IKE SA that is up.
         *
         * @param watching told how it goes until it is decided
         */
        void newChild(IkeSa ike, Connection connection, List<WhackSession> watching);

        /** Asks for a successor of an established SA. */
        void rekey(Sa old);
    }

    public Initiator(Context context, Transmitter transmitter, Protocol version1, Protocol version2) {
        this.sas = context.sas();
        this.connections = context.connections();
        this.lifecycle = context.lifecycle();
        this.lifetimes = context.lifetimes();
        this.instances = context.instances();
        this.idle = new IdleSas(context.kernel(), context.world().clock());
        this.version1 = version1;
        this.version2 = version2;
        onDeadPeer = ike -> lifecycle.end(ike, Lifecycle.Notice.NEVER);
        transmitter.onSilence(this::silent);
        lifetimes.onRekeyDue(this::rekey);
        lifetimes.onReplaceDue(this::replace);
    }

    private Protocol protocol(Connection c) {
        return c.config().ikeVersion() == IkeVersion.IKEV1 ? version1 : version2;
    }

    /** Who does away with an established IKE SA whose peer does not answer any more. */
    public void onDeadPeer(Consumer<IkeSa> action) {
        onDeadPeer = action;
    }

    /** Who looks names of peers up again. */
    public void onUnknownPeer(Runnable action) {
        onUnknownPeer = action;
    }

    /** From now on nothing is begun any more. */
    public void close() {
        closing = true;
    }

    public boolean isClosing() {
        return closing;
    }

    /**
     * Brings a connection up.
     *
     * @param watching told how it goes until it is decided
     * @return false if it cannot even begin; the reason is logged to the connection
     */
    public boolean initiate(Connection c, List<WhackSession> watching) {
        return initiate(c, watching, true);
    }

    /**
     * A packet wants the connection: when it goes down, it stays so until the next one does.
     *
     * @param label of the packet, if its SA has to have that
     * @return as {@link #initiate(Connection, List)}
     */
    public boolean initiateOnDemand(Connection c, Optional<SecurityLabel> label, List<WhackSession> watching) {
        if (c.config().isLabelled() && label.isPresent()) {
            return initiateFor(label.get(), c, watching);
        }
        label.ifPresent(c::awaitLabel);
        return initiate(c, watching, false);
    }

    /** Each label has a Child SA of its own, by an instance; the IKE SA is the template's. */
    private boolean initiateFor(SecurityLabel label, Connection template, List<WhackSession> watching) {
        Optional<IpAddress> peer = template.remote().address();
        if (peer.isEmpty() || !template.isOriented()) {
            return initiate(template, watching, false);
        }
        Optional<IkeSa> existing = existing(template);
        IpAddress there = existing.map(ike -> ike.remote().address()).orElse(peer.get());
        Connection instance = instances.labelled(template, there, label);
        if (existing.isPresent()) {
            join(existing.get(), instance, watching);
        } else {
            begin(template, Optional.of(instance), 1, Optional.empty(), watching, () -> {});
        }
        return true;
    }

    private boolean initiate(Connection c, List<WhackSession> watching, boolean keepUp) {
        if (!c.isOriented()) {
            c.logger()
                    .log(
                            RcCode.ORIENT,
                            "we cannot identify ourselves with either end of this connection.  " + address(c, true)
                                    + " or " + address(c, false) + " are not usable");
            return false;
        }
        if (c.config().neverNegotiates()) {
            c.logger().log(RcCode.INITSHUNT, "cannot initiate an authby=never connection");
            return false;
        }
        if (c.remote().address().isEmpty() && c.remote().config().host().spec().kind() == HostSpec.Kind.NAME) {
            c.logger().log(RcCode.NOPEERIP, awaitsPeer(c));
            c.set(ConnectionPolicy.UP, true);
            onUnknownPeer.run();
            return true;
        }
        if (c.remote().address().isEmpty()) {
            c.logger()
                    .log(
                            RcCode.NOPEERIP,
                            "cannot initiate connection (serial " + c.serial()
                                    + ") without knowing peer IP address (kind="
                                    + c.kind().text() + ")");
            return false;
        }
        if (c.kind() == ConnectionKind.TEMPLATE && c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING)) {
            Connection instance = instances.make(c, Optional.empty(), Optional.empty());
            instance.logger().logOnly("instantiated connection");
            goOn(instance, watching, keepUp);
        } else {
            goOn(c, watching, keepUp);
        }
        return true;
    }

    private static String awaitsPeer(Connection c) {
        return "cannot initiate connection without resolved dynamic peer IP address, will keep retrying (kind="
                + c.kind().text() + (c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING) ? ", narrowing=yes)" : ")");
    }

    private void goOn(Connection c, List<WhackSession> watching, boolean keepUp) {
        if (keepUp) {
            c.set(ConnectionPolicy.UP, true);
        }
        if (watching.isEmpty() && c.config().ikeVersion() == IkeVersion.IKEV1) {
            // As libreswan: whoever does not wait hears nothing of the SAs.
            c.logger().detachAll();
        }
        Optional<IkeSa> existing = existing(c);
        if (existing.isPresent()) {
            join(existing.get(), c, watching);
        } else {
            begin(c, 1, Optional.empty(), watching);
        }
    }

    private static String address(Connection c, boolean local) {
        return (local ? c.local() : c.remote()).address().map(Object::toString).orElse("<unset-address>");
    }

    /**
     * An IKE SA between the connection's ends that is up, or that we are about to bring up: the newest. Other than
     * libreswan's, one whose peer proves nothing serves no connection that wants a proof.
     */
    public Optional<IkeSa> existing(Connection c) {
        IkeSa newest = null;
        for (Connection sharing : connections.findByHosts(
                c.local().address().orElseThrow(), c.remote().address())) {
            if (sharing != c && !sharing.hasSameEnds(c)) {
                continue;
            }
            for (Sa sa : sas.of(sharing)) {
                if (sa instanceof IkeSa ike
                        && protocol(sharing).isOfUse(ike, c)
                        && (sharing == c || willProveEnough(ike, c))
                        && (newest == null
                                || ike.serial().value() > newest.serial().value())) {
                    newest = ike;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    private static boolean willProveEnough(IkeSa ike, Connection c) {
        return ike.isEstablished() || !ike.connection().remote().config().mayProveNothing()
                ? ike.provesEnoughFor(c)
                : c.remote().config().mayProveNothing();
    }

    /** There is an IKE SA, or there will be: the connection gets its Child SA by that. */
    private void join(IkeSa ike, Connection c, List<WhackSession> watching) {
        if (ike.isEstablished()) {
            protocol(c).newChild(ike, c, watching);
        } else if (protocol(c).queue(ike, c, watching)) {
            return;
        } else if (ike.negotiation().pendingChild().equals(Optional.of(c))) {
            watching.forEach(ike.logger()::attach);
        } else {
            queue(ike, c, watching);
        }
    }

    /** As libreswan: of those that wait, the newest has the Child SA of IKE_AUTH if that was not asked for yet. */
    private void queue(IkeSa ike, Connection c, List<WhackSession> watching) {
        protocol(c).sayQueued(ike, c);
        if (ike.isVersion1()) {
            // As libreswan: there is no first one that phase 1 would bring about, and the newest comes before the
            // others.
            queueFirst(ike, c, watching);
            return;
        }
        Optional<Connection> first = ike.negotiation().pendingChild();
        if (first.isEmpty() || ike.negotiation().larvalChild().isPresent()) {
            ike.wish(new PendingChild(c, watching));
            return;
        }
        ike.wishFirst(new PendingChild(first.get(), ike.logger().sessions()));
        ike.negotiation().setPendingChild(c);
        watching.forEach(ike.logger()::attach);
    }

    /** The connection has its SA by an IKE SA in the making before all others. */
    public void queueFirst(IkeSa ike, Connection c, List<WhackSession> watching) {
        ike.wishFirst(new PendingChild(c, watching));
    }

    /** A Child SA that waits for its IKE SA, and who waits for it. */
    private final class PendingChild implements IkeSa.Wish {
        private final Connection connection;
        private final Logger waiting;

        PendingChild(Connection connection, List<WhackSession> watching) {
            this.connection = connection;
            this.waiting = connection.logger().derive(() -> "");
            watching.forEach(waiting::attach);
        }

        @Override
        public void fulfil(IkeSa ike) {
            if (connections.find(connection.serial()).isPresent()) {
                protocol(connection).newChild(ike, connection, waiting.sessions());
            }
            waiting.detachAll();
        }

        @Override
        public void abandon() {
            if (connection.isForLabel()) {
                lifecycle.releaseUnused(connection);
            } else if (connections.find(connection.serial()).isPresent()) {
                lifecycle.abandon(connection, waiting);
            }
            waiting.detachAll();
        }

        @Override
        public void letGo(List<WhackSession> told, String story) {
            Initiator.letGo(waiting, told, connection + ": " + story, "Child SA");
        }
    }

    /**
     * Lets whoever waits for an SA of a connection go, as its IKE SA is tried again.
     *
     * @param told the sessions that know that already
     */
    public static void letGo(Logger waiting, List<WhackSession> told, String story, String kind) {
        told.forEach(waiting::detach);
        waiting.whackOnly(RcCode.COMMENT, story + " for IKE SA, but releasing whack for pending " + kind);
        waiting.detachAll();
    }

    /**
     * Brings a connection up by an IKE SA of its own, whatever there is already: its peer is another one now.
     *
     * @param begun told when it has begun, or never will
     */
    public void beginElsewhere(Connection c, List<WhackSession> watching, Runnable begun) {
        begin(c, 1, Optional.empty(), watching, begun);
    }

    private IkeSa begin(Connection c, long attempt, Optional<IkeSa> replaces, List<WhackSession> watching) {
        return begin(c, attempt, replaces, watching, () -> {});
    }

    private IkeSa begin(
            Connection c, long attempt, Optional<IkeSa> replaces, List<WhackSession> watching, Runnable begun) {
        Optional<Connection> instance = Optional.empty();
        if (c.config().isLabelled()) {
            // What waited for the one that failed waits for this one.
            instance = replaces.flatMap(IkeSa::pendingInstance);
            instance.ifPresent(i -> replaces.get().negotiation().clearPendingChild());
        }
        return begin(c, instance, attempt, replaces, watching, begun);
    }

    private IkeSa begin(
            Connection c,
            Optional<Connection> instance,
            long attempt,
            Optional<IkeSa> replaces,
            List<WhackSession> watching,
            Runnable begun) {
        IkeSa ike = protocol(c).make(c);
        instance.ifPresent(ike.negotiation()::setPendingChild);
        ike.setAttempt(attempt);
        watching.forEach(ike.logger()::attach);
        protocol(c).begin(ike, c, replaces, watching.isEmpty(), begun);
        return ike;
    }

    /** An SA nears its end: unless it has a successor already, one is asked for. */
    public void rekey(Sa old) {
        if (!closing && !isStale(old, "rekey")) {
            protocol(old.connection()).rekey(old);
        }
    }

    /** An SA is at its end and has no successor: a Child SA gets a new one, an IKE SA is negotiated from the beginning. */
    public void replace(Sa old) {
        Connection c = old.connection();
        if (closing || isStale(old, "replace") || !c.isOriented()) {
            return;
        }
        if (c.config().ikeVersion() == IkeVersion.IKEV1) {
            version1.rekey(old);
        } else if (old instanceof ChildSa child && version2.isOfUse(child.ike(), child.connection())) {
            version2.newChild(child.ike(), c, List.of());
        } else {
            if (old instanceof IkeSa ike && ike.isEstablished()) {
                old.logger().log("initiate reauthentication of IKE SA");
            }
            begin(c, 1, Optional.of(old instanceof ChildSa child ? child.ike() : (IkeSa) old), List.of());
        }
    }

    /** An ISAKMP SA is to be replaced by another one. */
    public void beginAnew(IkeSa old) {
        if (!closing && old.connection().isOriented()) {
            begin(old.connection(), 1, Optional.of(old), List.of());
        }
    }

    /**
     * Brings a connection up by an IKE SA of its own.
     *
     * @param attempt the how manieth try it is, from 1
     * @return the IKE SA, unless nothing can be begun
     */
    public Optional<IkeSa> beginAlone(Connection c, long attempt) {
        return closing || !c.isOriented()
                ? Optional.empty()
                : Optional.of(begin(c, attempt, Optional.empty(), List.of()));
    }

    /** Whether nothing uses the SA, or the connection has a newer one in its place: then this one ends. */
    private boolean isStale(Sa old, String verb) {
        Optional<IkeSa> unused = idle.unused(old);
        if (unused.isPresent()) {
            lifetimes.expire(unused.get());
            return true;
        }
        Optional<SaSerial> newer = lifetimes.newer(old);
        newer.ifPresent(serial -> {
            old.logger()
                    .log("not " + verb + " stale " + (old instanceof IkeSa ? "IKE" : "Child") + " SA " + old.serial()
                            + "; as already got a newer " + serial);
            lifetimes.expire(old);
        });
        return newer.isPresent();
    }

    /** The peer does not answer any more. */
    private void silent(IkeSa ike) {
        ike.setEnd(Statistics.End.TOO_MANY_RETRANSMITS);
        if (ike.isEstablished()) {
            onDeadPeer.accept(ike);
        } else {
            tryAgain(ike, ike.connection());
            lifecycle.end(ike, Lifecycle.Notice.NEVER);
        }
    }

    /** A negotiation failed: unless it was tried often enough, it begins anew. */
    public void tryAgain(IkeSa ike, Connection c) {
        long limit = c.keyingTries();
        long next = ike.attempt() + 1;
        if (limit != 0 && next > limit || closing) {
            return;
        }
        sayTrying(ike, next, limit);
        IkeSa another = begin(c, next, Optional.of(ike), List.of());
        ike.takeWishes().forEach(another::wish);
        if (ike.isLarvalInitiator() && ike.negotiation().larvalChild().isEmpty()) {
            ike.pendingInstance().ifPresent(first -> another.wish(new PendingChild(first, List.of())));
            ike.negotiation().clearPendingChild();
        }
    }

    /** By a negotiation that failed something is tried again. */
    public static void sayTrying(Sa sa, long next, long limit) {
        String story =
                "starting keying attempt " + next + (limit == 0 ? " of an unlimited number" : " of at most " + limit);
        if (sa.logger().hasSessions()) {
            if (sa instanceof IkeSa ike) {
                ike.wishes().forEach(wish -> wish.letGo(ike.logger().sessions(), story));
            }
            sa.logger().log(RcCode.COMMENT, story + ", but releasing whack");
            sa.logger().detachAll();
        } else {
            Progress.tell(sa, story);
        }
    }

    /** Brings a connection up by ourselves. */
    public void initiateAlone(Connection c) {
        if (!initiate(c, List.of())) {
            c.logger().log(RcCode.FATAL, "failed to initiate connection");
        }
    }
}
