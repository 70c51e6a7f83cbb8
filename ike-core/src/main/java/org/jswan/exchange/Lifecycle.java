// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jswan.base.Endpoint;
import org.jswan.base.Humber;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.Instances;
import org.jswan.impair.Impairment;
import org.jswan.kernel.KernelException;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.world.World;

/** Makes SAs and ends them: serial numbers, life timers, what the peer, the kernel and the log learn of an end. */
public final class Lifecycle {
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
    private final Transmitter transmitter;
    private final ChildKernel kernel;
    private final Instances instances;
    private BiConsumer<Connection, IkeSa> onIkeGone = (connection, ike) -> {};
    private Consumer<Sa> onRekeyDue = sa -> {};
    private Consumer<Sa> onReplaceDue = sa -> {};
    private Predicate<Connection> isAwaited = connection -> false;
    private Consumer<ChildSa> onChildUp = child -> {};

    /** Whether the peer gets a Delete when an SA ends. */
    public enum Notice {
        /** If the SA is established. */
        IF_ESTABLISHED,
        ALWAYS,
        NEVER
    }

    public Lifecycle(World world, SaDatabase sas, Transmitter transmitter, ChildKernel kernel, Instances instances) {
        this.world = world;
        this.sas = sas;
        this.transmitter = transmitter;
        this.kernel = kernel;
        this.instances = instances;
        transmitter.onImpairedRepetition(ike -> end(ike, Notice.NEVER));
    }

    /** Who is told that an IKE SA of a connection is gone. */
    public void onIkeGone(BiConsumer<Connection, IkeSa> action) {
        onIkeGone = action;
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

    /** Who knows whether a connection will be brought up again. */
    public void isAwaited(Predicate<Connection> asked) {
        isAwaited = asked;
    }

    /** Another connection fits an SA better; the one it had may be of no use any more. */
    public void switchTo(Sa sa, Connection better) {
        Connection before = sa.connection();
        sas.switchTo(sa, better);
        if (before != better) {
            release(before, sa.logger());
        }
    }

    /** An instance that has no SA, and will have none, goes. */
    private void release(Connection connection, Logger speaking) {
        if (connection.kind() == ConnectionKind.INSTANCE
                && sas.of(connection).isEmpty()
                && !isAwaited.test(connection)) {
            connection.logger().attachAll(speaking);
            instances.unmake(connection);
            connection.logger().detachAll();
        }
    }

    /** A new IKE SA that we began. */
    public IkeSa newInitiator(Connection connection, IkeSocket socket, Endpoint remote) {
        IkeSa ike = new IkeSa(
                sas.nextSerial(),
                connection,
                IkeRole.INITIATOR,
                newSpi(),
                IkeSpi.ZERO,
                socket,
                remote,
                world.clock().nanos());
        sas.add(ike);
        armDiscard(ike);
        return ike;
    }

    /** A new IKE SA that the peer began. */
    public IkeSa newResponder(Connection connection, IkeSpi initiatorSpi, IkeSocket socket, Endpoint remote) {
        IkeSa ike = new IkeSa(
                sas.nextSerial(),
                connection,
                IkeRole.RESPONDER,
                initiatorSpi,
                newSpi(),
                socket,
                remote,
                world.clock().nanos());
        sas.add(ike);
        armDiscard(ike);
        return ike;
    }

    /**
     * An IKE SA in the making that is to replace {@code old}.
     *
     * @param role whether we began the exchange that makes it
     * @param peerSpi {@link IkeSpi#ZERO} if it is not known yet
     */
    public IkeSa newSuccessor(IkeSa old, IkeRole role, IkeSpi peerSpi, V2State state) {
        boolean ours = role == IkeRole.INITIATOR;
        IkeSpi spi = newSpi();
        IkeSa next = new IkeSa(
                sas.nextSerial(),
                old.connection(),
                role,
                ours ? spi : peerSpi,
                ours ? peerSpi : spi,
                old.socket(),
                old.remote(),
                world.clock().nanos());
        next.forgetNegotiation();
        next.setReplaces(old.serial());
        next.setNat(old.nat());
        next.setPeerAnonymous(old.isPeerAnonymous());
        next.setFragmentationAllowed(old.isFragmentationAllowed());
        if (old.mobility().isPresent()) {
            next.setMobile();
        }
        sas.addLarval(next);
        sas.setState(next, state);
        old.larvalSuccessors().add(next);
        return next;
    }

    public ChildSa newChild(Connection connection, IkeSa ike, IkeRole role, V2State state) {
        ChildSa child = new ChildSa(
                sas.nextSerial(), connection, ike, role, state, world.clock().nanos());
        sas.add(child);
        return child;
    }

    private IkeSpi newSpi() {
        IkeSpi spi;
        do {
            spi = new IkeSpi(world.random().nextLong());
        } while (spi.isZero() || sas.ikeByLocalSpi(spi).isPresent());
        return spi;
    }

    public void armDiscard(IkeSa ike) {
        ike.arm(Sa.Event.DISCARD, world.timers().after(HALF_OPEN, Sa.Event.DISCARD.text(), () -> discard(ike)));
    }

    private void discard(IkeSa ike) {
        ike.logger().log(RcCode.LOG, "deleting incomplete state after " + HALF_OPEN.toSeconds() + " seconds");
        end(ike, Notice.NEVER);
    }

    /** The IKE SA lives until its lifetime is over; before that, a successor is due. */
    public void armIkeLife(IkeSa ike) {
        ike.disarm(Sa.Event.DISCARD);
        armLife(ike, ike.role(), ike.connection().config().lifetimes().ike());
    }

    /** The Child SA carries traffic, and lives from now on until its lifetime is over. */
    public void armChildLife(ChildSa child) {
        onChildUp.accept(child);
        armLife(child, child.role(), child.connection().config().lifetimes().ipsec());
    }

    private void armLife(Sa sa, IkeRole role, Duration life) {
        ConnectionConfig.Lifetimes lifetimes = sa.connection().config().lifetimes();
        if (sa.connection().has(ConnectionPolicy.DONT_REKEY)) {
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

    private void replace(Sa sa) {
        onReplaceDue.accept(sa);
        expire(sa);
    }

    /** The SA has a successor that we asked for: it ends as soon as nothing can be under way for it any more. */
    public void retire(Sa sa) {
        if (sas.isAlive(sa)) {
            sa.disarm(Sa.Event.REKEY);
            sa.disarm(Sa.Event.REPLACE);
            arm(sa, Sa.Event.EXPIRE, AFTERLIFE, this::expire);
        }
    }

    /** The SA has a successor that the peer asked for: the peer ends it. */
    public void leaveToPeer(Sa sa) {
        if (sas.isAlive(sa) && !sa.connection().has(ConnectionPolicy.DONT_REKEY)) {
            sa.disarm(Sa.Event.EXPIRE);
            sa.disarm(Sa.Event.REPLACE);
            arm(sa, Sa.Event.REPLACE, ABANDONED, this::replace);
        }
    }

    private void arm(Sa sa, Sa.Event event, Duration after, Consumer<Sa> action) {
        sa.arm(event, world.timers().after(after, event.text(), () -> action.accept(sa)));
    }

    /** The initiator rekeys first, at a time nobody can guess; the responder only if the initiator did not. */
    private Duration untilRekey(ConnectionConfig.Lifetimes lifetimes, IkeRole role, Duration life) {
        Duration margin = lifetimes.margin();
        if (role == IkeRole.RESPONDER) {
            margin = margin.dividedBy(2);
        } else {
            long fuzz = margin.toMillis() * lifetimes.fuzzPercent() / 100;
            margin = margin.plusMillis(
                    fuzz == 0 ? 0 : Long.remainderUnsigned(world.random().nextLong(), fuzz));
        }
        return life.compareTo(margin) > 0 ? life.minus(margin) : life;
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
            end(ike, Notice.IF_ESTABLISHED);
        } else if (sa instanceof ChildSa child) {
            closeChild(child);
        }
    }

    /** The SA of the same kind that its connection has in its place. */
    public Optional<SaSerial> newer(Sa sa) {
        Connection c = sa.connection();
        Optional<SaSerial> newest = sa instanceof IkeSa ? c.newestIke() : c.newestChild();
        return newest.filter(serial -> !serial.equals(sa.serial()));
    }

    /** Ends an IKE SA and its children, the children first. */
    public void end(IkeSa ike, Notice notice) {
        if (!sas.isAlive(ike)) {
            return;
        }
        heir(ike).ifPresent(heir -> succeed(ike, heir));
        for (ChildSa child : List.copyOf(ike.children())) {
            child.logger().attachAll(ike.logger());
            removeChild(child);
        }
        sayDeleting(ike, notice);
        removeIke(ike, notice);
    }

    /** Ends an IKE SA and its children, the IKE SA first: the order when a command asks for it. */
    public void endTopDown(IkeSa ike) {
        if (!sas.isAlive(ike)) {
            return;
        }
        heir(ike).ifPresent(heir -> succeed(ike, heir));
        List<ChildSa> children = List.copyOf(ike.children());
        children.forEach(child -> child.logger().attachAll(ike.logger()));
        sayDeleting(ike, Notice.IF_ESTABLISHED);
        removeIke(ike, Notice.IF_ESTABLISHED);
        children.forEach(this::removeChild);
    }

    private void sayDeleting(IkeSa ike, Notice notice) {
        Duration age = Duration.ofNanos(world.clock().nanos() - ike.inceptionNanos());
        boolean tells = tells(ike, notice);
        ike.logger()
                .log(
                        RcCode.LOG,
                        (tells == ought(ike, notice) ? "" : "IMPAIR: ") + "deleting state ("
                                + ike.state().fullName() + ") aged " + Durations.seconds(age) + "s and "
                                + (tells ? "" : "NOT ") + "sending notification");
    }

    private boolean tells(IkeSa ike, Notice notice) {
        return ought(ike, notice) && !world.impair().on(Impairment.SEND_NO_DELETE);
    }

    private static boolean ought(IkeSa ike, Notice notice) {
        return switch (notice) {
            case IF_ESTABLISHED -> ike.isEstablished();
            case ALWAYS -> ike.hasKeys();
            case NEVER -> false;
        };
    }

    private void removeIke(IkeSa ike, Notice notice) {
        if (tells(ike, notice)) {
            transmitter.sendLastRequest(ike, ExchangeType.INFORMATIONAL, List.of(DeletePayload.ike()));
        }
        transmitter.stopRepeating(ike);
        List.copyOf(ike.larvalSuccessors()).forEach(larval -> abandon(ike, larval));
        ike.takeWishes().forEach(IkeSa.Wish::abandon);
        Connection connection = ike.connection();
        if (connection.newestIke().equals(Optional.of(ike.serial()))) {
            connection.setNewestIke(Optional.empty());
        }
        sas.remove(ike);
        onIkeGone.accept(connection, ike);
        release(connection, ike.logger());
        ike.logger().detachAll();
    }

    /**
     * Ends a Child SA in agreement with the peer: what the peer has sent by it is taken until the peer has answered.
     */
    public void closeChild(ChildSa child) {
        if (!sas.isAlive(child) || child.isClosing()) {
            return;
        }
        IkeSa ike = child.ike();
        child.logger().log("deleting established Child SA using IKE SA " + ike.serial());
        child.setClosing();
        child.disarmAll();
        wish(ike, sa -> {
            if (sas.isAlive(child)) {
                sa.setClosing(Optional.of(child));
                transmitter.sendRequest(
                        sa,
                        ExchangeType.INFORMATIONAL,
                        List.of(DeletePayload.child(
                                child.wireProtocol(),
                                List.of(ChildSa.spiOctets(
                                        child.inbound().orElseThrow().spi())))));
            }
        });
    }

    /** The peer answered the Delete of {@link #closeChild}. */
    public void closed(IkeSa ike) {
        Optional<ChildSa> child = ike.closing();
        ike.setClosing(Optional.empty());
        child.ifPresent(this::removeChild);
    }

    /** A successor in the making has its keys: it can be used. */
    public void emancipate(IkeSa old, IkeSa next) {
        old.larvalSuccessors().remove(next);
        sas.emancipate(next);
        sas.setState(next, V2State.ESTABLISHED_IKE_SA);
        armIkeLife(next);
    }

    /** {@code heir} takes the children and all that was still to be done over. */
    public void succeed(IkeSa old, IkeSa heir) {
        sas.inherit(old, heir);
        old.takeWishes().forEach(heir::wish);
        heir.connection().setNewestIke(Optional.of(heir.serial()));
    }

    /** The living SA that took the place of another one. */
    public Optional<IkeSa> heir(IkeSa ike) {
        return ike.succession()
                .winner()
                .flatMap(winner -> sas.find(winner.serial()))
                .map(IkeSa.class::cast);
    }

    /** Ends one Child SA; the IKE SA goes on. */
    public void endChild(ChildSa child, Notice notice) {
        if (!sas.isAlive(child)) {
            return;
        }
        boolean tell = notice == Notice.IF_ESTABLISHED && child.isEstablished()
                || notice == Notice.ALWAYS && child.inbound().isPresent();
        IkeSa ike = child.ike();
        Optional<DeletePayload> delete =
                tell && sas.isAlive(ike) && !world.impair().on(Impairment.SEND_NO_DELETE)
                        ? child.inbound()
                                .map(id ->
                                        DeletePayload.child(child.wireProtocol(), List.of(ChildSa.spiOctets(id.spi()))))
                        : Optional.empty();
        removeChild(child);
        delete.ifPresent(
                payload -> wish(ike, sa -> transmitter.sendRequest(sa, ExchangeType.INFORMATIONAL, List.of(payload))));
    }

    private void removeChild(ChildSa child) {
        if (!sas.isAlive(child)) {
            return;
        }
        if (child.isEstablished()) {
            child.logger()
                    .log(
                            RcCode.INFORMATIONAL,
                            child.protocol() + " traffic information: in=" + Humber.rounded(bytes(child, true))
                                    + "B out=" + Humber.rounded(bytes(child, false)) + "B");
        } else {
            // Whoever asked for a successor need not wait for the end of the predecessor.
            child.replaces().flatMap(sas::find).ifPresent(old -> old.logger().detachAll());
        }
        child.succession()
                .winner()
                .flatMap(winner -> sas.find(winner.serial()))
                .map(ChildSa.class::cast)
                .ifPresent(kernel::use);
        kernel.remove(child);
        Connection connection = child.connection();
        if (connection.newestChild().equals(Optional.of(child.serial()))) {
            connection.setNewestChild(Optional.empty());
        }
        sas.remove(child);
        release(connection, child.logger());
        child.logger().detachAll();
    }

    private long bytes(ChildSa child, boolean inbound) {
        try {
            return kernel.counters(child, inbound).map(c -> c.bytes()).orElse(0L);
        } catch (KernelException unreadable) {
            child.logger()
                    .log(
                            RcCode.LOG,
                            "failed to pull traffic counters from " + (inbound ? "inbound" : "outbound") + " IPsec SA");
            return 0;
        }
    }

    /** A successor in the making will not be. */
    public void abandon(IkeSa old, IkeSa larval) {
        if (old.larvalSuccessors().remove(larval)) {
            sas.remove(larval);
            larval.logger().detachAll();
            old.logger().detachAll();
        }
    }

    /** Does {@code wish} as soon as the message window of the IKE SA allows a request. */
    public void wish(IkeSa ike, IkeSa.Wish wish) {
        ike.wish(wish);
        fulfilWishes(ike);
    }

    /** The message window may have become free. */
    public void fulfilWishes(IkeSa ike) {
        Optional<IkeSa.Wish> next = Optional.empty();
        do {
            next = sas.isAlive(ike) ? ike.nextWish() : Optional.empty();
            next.ifPresent(wish -> wish.fulfil(ike));
        } while (next.isPresent());
        heir(ike).ifPresent(this::fulfilWishes);
    }

    /** Ends all SAs of a connection because somebody asked for it. */
    public void endAllOf(Connection connection, List<WhackSession> sessions) {
        List<Sa> own = new ArrayList<>();
        connection.newestIke().flatMap(sas::find).ifPresent(own::add);
        List<Sa> newestFirst = new ArrayList<>(sas.of(connection));
        Collections.reverse(newestFirst);
        own.addAll(newestFirst);
        for (Sa sa : own) {
            if (!sas.isAlive(sa)) {
                continue;
            }
            sessions.forEach(sa.logger()::attach);
            if (sa instanceof IkeSa ike) {
                endTopDown(ike);
            } else if (sa instanceof ChildSa child) {
                endChild(child, Notice.IF_ESTABLISHED);
            }
        }
    }

    /** Whether other connections have Child SAs on this connection's IKE SA. */
    public boolean isShared(Connection connection) {
        return connection.newestIke().flatMap(sas::find).map(IkeSa.class::cast).stream()
                .flatMap(ike -> ike.children().stream())
                .anyMatch(child -> child.connection() != connection);
    }
}
