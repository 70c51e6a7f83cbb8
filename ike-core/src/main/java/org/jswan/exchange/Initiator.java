// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Endpoint;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.HostSpec;
import org.jswan.connection.Instances;
import org.jswan.impair.Impairment;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.sa.V2State;
import org.jswan.world.World;

/** Begins negotiations: because somebody asks, because a try failed, because an SA nears its end. */
public final class Initiator {
    private final World world;
    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Lifecycle lifecycle;
    private final Lifetimes lifetimes;
    private final NewSas newSas;
    private final Context.NatSockets sockets;
    private final Transitions transitions;
    private final Exchanges exchanges;
    private final Instances instances;
    private Consumer<IkeSa> onDeadPeer;
    private Runnable onUnknownPeer = () -> {};
    private boolean closing;

    /** The exchanges that begin on an IKE SA that is up. */
    public interface Exchanges {
        /**
         * Asks for one more Child SA.
         *
         * @param watching told how it goes until it is decided
         */
        void newChild(IkeSa ike, Connection connection, List<WhackSession> watching);

        /** Asks for a successor of an established SA. */
        void rekey(Sa old);
    }

    public Initiator(Context context, Transitions transitions, Transmitter transmitter, Exchanges exchanges) {
        this.world = context.world();
        this.sas = context.sas();
        this.connections = context.connections();
        this.lifecycle = context.lifecycle();
        this.lifetimes = context.lifetimes();
        this.newSas = context.newSas();
        this.sockets = context.sockets();
        this.instances = context.instances();
        this.transitions = transitions;
        this.exchanges = exchanges;
        onDeadPeer = ike -> lifecycle.end(ike, Lifecycle.Notice.NEVER);
        transmitter.onSilence(this::silent);
        lifetimes.onRekeyDue(this::rekey);
        lifetimes.onReplaceDue(this::replace);
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

    boolean isClosing() {
        return closing;
    }

    /**
     * Brings a connection up.
     *
     * @param watching told how it goes until it is decided
     * @return false if it cannot even begin; the reason is logged to the connection
     */
    public boolean initiate(Connection c, List<WhackSession> watching) {
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
            goOn(instance, watching);
        } else {
            goOn(c, watching);
        }
        return true;
    }

    private static String awaitsPeer(Connection c) {
        return "cannot initiate connection without resolved dynamic peer IP address, will keep retrying (kind="
                + c.kind().text() + (c.has(ConnectionPolicy.IKEV2_ALLOW_NARROWING) ? ", narrowing=yes)" : ")");
    }

    private void goOn(Connection c, List<WhackSession> watching) {
        c.set(ConnectionPolicy.UP, true);
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

    /** An IKE SA between the connection's ends that is up, or that we are about to bring up: the newest. */
    private Optional<IkeSa> existing(Connection c) {
        IkeSa newest = null;
        for (Connection sharing : connections.findByHosts(
                c.local().address().orElseThrow(), c.remote().address())) {
            if (sharing != c && !sharing.hasSameEnds(c)) {
                continue;
            }
            for (Sa sa : sas.of(sharing)) {
                if (sa instanceof IkeSa ike
                        && isOfUse(ike)
                        && (newest == null
                                || ike.serial().value() > newest.serial().value())) {
                    newest = ike;
                }
            }
        }
        return Optional.ofNullable(newest);
    }

    private static boolean isOfUse(IkeSa ike) {
        return switch (ike.state()) {
            case ESTABLISHED_IKE_SA -> ike.succession().winner().isEmpty();
            case PARENT_I0, PARENT_I1, PARENT_I2 -> true;
            default -> false;
        };
    }

    /** There is an IKE SA, or there will be: the connection gets its Child SA by that. */
    private void join(IkeSa ike, Connection c, List<WhackSession> watching) {
        if (ike.isEstablished()) {
            exchanges.newChild(ike, c, watching);
        } else if (ike.negotiation().pendingChild().equals(Optional.of(c))) {
            watching.forEach(ike.logger()::attach);
        } else {
            queue(ike, c, watching);
        }
    }

    /** As libreswan: of those that wait, the newest has the Child SA of IKE_AUTH if that was not asked for yet. */
    private void queue(IkeSa ike, Connection c, List<WhackSession> watching) {
        c.logger()
                .log(
                        RcCode.COMMENT,
                        "queue Child SA; waiting on IKE SA " + ike.connection() + " " + ike.serial()
                                + " negotiating with "
                                + c.remote().address().orElseThrow());
        Optional<Connection> first = ike.negotiation().pendingChild();
        if (first.isEmpty() || ike.negotiation().larvalChild().isPresent()) {
            ike.wish(new PendingChild(c, watching));
            return;
        }
        ike.wishFirst(new PendingChild(first.get(), ike.logger().sessions()));
        ike.negotiation().setPendingChild(c);
        watching.forEach(ike.logger()::attach);
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
                exchanges.newChild(ike, connection, waiting.sessions());
            }
            waiting.detachAll();
        }

        @Override
        public void abandon() {
            waiting.detachAll();
        }
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
        Endpoint remote = c.remote().endpoint().orElseThrow();
        IkeSa ike = newSas.initiator(c, socketTowards(c), remote);
        ike.setAttempt(attempt);
        watching.forEach(ike.logger()::attach);
        if (Streams.isWanted(c, attempt)) {
            Runnable ready = () -> {
                begin(ike, c, replaces, watching.isEmpty());
                begun.run();
            };
            transitions.streams().open(ike, ready, begun);
        } else {
            begin(ike, c, replaces, watching.isEmpty());
            begun.run();
        }
        return ike;
    }

    /** A peer at a port of NAT traversal takes messages with the non-ESP marker only. */
    private IkeSocket socketTowards(Connection c) {
        IkeSocket usual = c.socket().orElseThrow();
        return c.remote().encapsulated() && !usual.encapsulates()
                ? sockets.natSocket(usual.interfaceAddress()).orElse(usual)
                : usual;
    }

    private void begin(IkeSa ike, Connection c, Optional<IkeSa> replaces, boolean unwatched) {
        if (world.impair().on(Impairment.OMIT_V2_IKE_AUTH_CHILD)) {
            ike.logger().log("IMPAIR: omitting CHILD SA payloads from the IKE_AUTH request");
        } else if (c.has(ConnectionPolicy.ENCRYPT) || c.has(ConnectionPolicy.AUTHENTICATE)) {
            ike.negotiation().setPendingChild(c);
        }
        if (replaces.filter(IkeSa::isEstablished).isPresent()) {
            ike.negotiation().setReauthentication();
        }
        String why = replaces.map(old -> " to replace " + (old.isEstablished() ? "established" : "establishing")
                        + " IKE SA " + old.serial())
                .orElse("");
        ike.logger().log(RcCode.NEW_V2_STATE + V2State.PARENT_I1.number(), "initiating IKEv2 connection" + why);
        if (unwatched) {
            // Whoever asked hears that it has begun and waits no longer.
            ike.logger().detachAll();
        }
        transitions.begin(ike);
    }

    /** An SA nears its end: unless it has a successor already, one is asked for. */
    public void rekey(Sa old) {
        if (!closing && !isStale(old, "rekey")) {
            exchanges.rekey(old);
        }
    }

    /** An SA is at its end and has no successor: a Child SA gets a new one, an IKE SA is negotiated from the beginning. */
    public void replace(Sa old) {
        Connection c = old.connection();
        if (closing || isStale(old, "replace") || !c.isOriented()) {
            return;
        }
        if (old instanceof ChildSa child && isOfUse(child.ike())) {
            exchanges.newChild(child.ike(), c, List.of());
        } else {
            if (old instanceof IkeSa ike && ike.isEstablished()) {
                old.logger().log("initiate reauthentication of IKE SA");
            }
            begin(c, 1, Optional.of(old instanceof ChildSa child ? child.ike() : (IkeSa) old), List.of());
        }
    }

    /** Whether the connection has a newer SA in its place: then this one ends. */
    private boolean isStale(Sa old, String verb) {
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

    private void tryAgain(IkeSa ike, Connection c) {
        long limit = c.keyingTries();
        long next = ike.attempt() + 1;
        if (limit != 0 && next > limit || closing) {
            return;
        }
        String story =
                "starting keying attempt " + next + (limit == 0 ? " of an unlimited number" : " of at most " + limit);
        if (ike.logger().hasSessions()) {
            ike.logger().log(RcCode.COMMENT, story + ", but releasing whack");
            ike.logger().detachAll();
        } else {
            ike.logger().log(story);
        }
        IkeSa another = begin(c, next, Optional.of(ike), List.of());
        ike.takeWishes().forEach(another::wish);
    }

    /** Brings a connection up by ourselves. */
    public void initiateAlone(Connection c) {
        if (!initiate(c, List.of())) {
            c.logger().log(RcCode.FATAL, "failed to initiate connection");
        }
    }
}
