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
import org.jswan.base.Humber;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.IkeVersion;
import org.jswan.impair.Impairment;
import org.jswan.kernel.KernelException;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.routing.Instances;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.Statistics;
import org.jswan.time.Durations;
import org.jswan.wire.ExchangeType;
import org.jswan.wire.v2.DeletePayload;
import org.jswan.world.World;

/** How SAs end, and what the peer, the kernel and the log learn of it; which SA takes the place of another. */
public final class Lifecycle {
    private final World world;
    private final SaDatabase sas;
    private final Transmitter transmitter;
    private final ChildKernel kernel;
    private final Instances instances;
    private BiConsumer<Connection, IkeSa> onIkeGone = (connection, ike) -> {};
    private Consumer<Connection> onInitiationFailed = connection -> {};
    private Farewell farewell = new Farewell() {
        @Override
        public void isakmp(IkeSa ike) {
            throw new IllegalStateException("nobody speaks IKEv1");
        }

        @Override
        public void ipsec(ChildSa child) {
            throw new IllegalStateException("nobody speaks IKEv1");
        }

        @Override
        public void orphan(IkeSa ike) {
            throw new IllegalStateException("nobody speaks IKEv1");
        }

        @Override
        public void forgo(Connection connection) {}
    };
    private Predicate<Connection> isAwaited = connection -> false;

    /** Whether the peer gets a Delete when an SA ends. */
    public enum Notice {
        /** If the SA is established. */
        IF_ESTABLISHED,
        ALWAYS,
        NEVER
    }

    /** What happened to SAs. */
    Statistics statistics() {
        return sas.statistics();
    }

    public Lifecycle(World world, SaDatabase sas, Transmitter transmitter, ChildKernel kernel, Instances instances) {
        this.world = world;
        this.sas = sas;
        this.transmitter = transmitter;
        this.kernel = kernel;
        this.instances = instances;
        transmitter.onImpairedRepetition(ike -> end(ike, Notice.NEVER));
    }

    /** How peers of IKEv1 are told that SAs end. */
    public interface Farewell {
        void isakmp(IkeSa ike);

        /** By any ISAKMP SA with that peer; without effect if there is none. */
        void ipsec(ChildSa child);

        /** An ISAKMP SA goes: IPsec SAs in the making by it begin anew by another one, or end. */
        void orphan(IkeSa ike);

        /** A connection is not wanted any more: it need not wait for an ISAKMP SA. */
        void forgo(Connection connection);
    }

    public void setFarewell(Farewell version1) {
        farewell = version1;
    }

    /** Who is told that an IKE SA of a connection is gone. */
    public void onIkeGone(BiConsumer<Connection, IkeSa> action) {
        onIkeGone = action;
    }

    /**
     * Who is told that an IKE SA goes that we began, or that the connection waited for, before the peer had agreed, and that there
     * will be no Child SA of the connection's though the IKE SA goes on.
     */
    public void onInitiationFailed(Consumer<Connection> action) {
        onInitiationFailed = action;
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

    /** An instance for which an SA was not even begun is of no use. */
    public void releaseUnused(Connection connection) {
        release(connection, connection.logger());
    }

    /** What came to nothing is tried once more ({@code keyingtries=}). */
    private boolean isBegunAgain(Connection connection) {
        return sas.of(connection).stream()
                .anyMatch(
                        sa -> sa instanceof IkeSa other && other.role() == IkeRole.INITIATOR && !other.isEstablished());
    }

    /** An instance that has no SA, and will have none, goes. */
    private void release(Connection connection, Logger speaking) {
        boolean forPeer =
                connection.config().isLabelled() && connection.template().isPresent();
        if ((connection.kind() == ConnectionKind.INSTANCE || forPeer)
                && sas.of(connection).isEmpty()
                && !isAwaited.test(connection)) {
            instances.unmake(connection, speaking);
        }
    }

    /** A connection waited for an IKE SA that will not be: an instance without any SA goes. */
    public void abandon(Connection waiting, Logger speaking) {
        if (waiting.config().ikeVersion() == IkeVersion.IKEV2 && sas.of(waiting).isEmpty()) {
            onInitiationFailed.accept(waiting);
            release(waiting, speaking);
        }
    }

    /** The Child SA that was to come with the IKE SA may be another connection's. */
    private void abandonFirstChild(IkeSa ike) {
        if (!ike.isLarvalInitiator() || ike.connection().config().isLabelled()) {
            return;
        }
        ike.pendingInstance().ifPresent(first -> {
            if (ike.negotiation().larvalChild().isPresent() && sas.of(first).size() == 1) {
                // The instance goes with its SA.
                onInitiationFailed.accept(first);
            } else {
                abandon(first, ike.logger());
            }
        });
    }

    /** Ends an IKE SA and its children, the children first; IPsec SAs of IKEv1 go on without it. */
    public void end(IkeSa ike, Notice notice) {
        if (!sas.isAlive(ike)) {
            return;
        }
        if (!ike.isVersion1()) {
            heir(ike).ifPresent(heir -> succeed(ike, heir));
            abandonFirstChild(ike);
            List.copyOf(ike.children()).forEach(this::removeChild);
        }
        sayDeleting(ike, notice);
        removeIke(ike, notice);
    }

    /** The same because a command asks for it: whoever watches the IKE SA hears of its children, too. */
    public void endByCommand(IkeSa ike, Notice notice) {
        ike.children().forEach(child -> child.logger().attachAll(ike.logger()));
        end(ike, notice);
    }

    /** Ends an IKE SA and its children, the IKE SA first: the order when a command asks for it. */
    public void endTopDown(IkeSa ike) {
        if (!sas.isAlive(ike)) {
            return;
        }
        if (ike.isVersion1()) {
            end(ike, Notice.IF_ESTABLISHED);
            return;
        }
        heir(ike).ifPresent(heir -> succeed(ike, heir));
        abandonFirstChild(ike);
        List<ChildSa> children = List.copyOf(ike.children());
        children.forEach(child -> child.logger().attachAll(ike.logger()));
        sayDeleting(ike, Notice.IF_ESTABLISHED);
        removeIke(ike, Notice.IF_ESTABLISHED);
        children.forEach(this::removeChild);
    }

    private void sayDeleting(IkeSa ike, Notice notice) {
        sayDeleting(ike, ought(ike, notice));
    }

    private void sayDeleting(Sa sa, boolean ought) {
        Duration age = Duration.ofNanos(world.clock().nanos() - sa.inceptionNanos());
        boolean tells = ought && !world.impair().on(Impairment.SEND_NO_DELETE);
        sa.logger()
                .log(
                        RcCode.LOG,
                        (tells == ought ? "" : "IMPAIR: ") + "deleting state ("
                                + sa.state().fullName() + ") aged " + Durations.seconds(age) + "s and "
                                + (tells ? "" : "NOT ") + "sending notification");
    }

    private boolean tells(IkeSa ike, Notice notice) {
        return ought(ike, notice) && !world.impair().on(Impairment.SEND_NO_DELETE);
    }

    private static boolean ought(IkeSa ike, Notice notice) {
        return switch (notice) {
            case IF_ESTABLISHED -> ike.isEstablished();
            case ALWAYS -> ike.hasKeys() || ike.isVersion1() && ike.phase1().hasKeys();
            case NEVER -> false;
        };
    }

    private void removeIke(IkeSa ike, Notice notice) {
        if (tells(ike, notice) && ike.isVersion1()) {
            farewell.isakmp(ike);
        } else if (tells(ike, notice)) {
            transmitter.sendLastRequest(ike, ExchangeType.INFORMATIONAL, List.of(DeletePayload.ike()));
        }
        ike.stopRepeating();
        List.copyOf(ike.larvalSuccessors()).forEach(larval -> abandon(ike, larval));
        ike.takeWishes().forEach(IkeSa.Wish::abandon);
        if (ike.isVersion1()) {
            farewell.orphan(ike);
        }
        ike.replaces()
                .flatMap(sas::find)
                .map(IkeSa.class::cast)
                .filter(old -> old.larvalSuccessors().remove(ike))
                // Whoever asked for a successor need not wait for the end of the predecessor.
                .ifPresent(old -> old.logger().detachAll());
        Connection connection = ike.connection();
        if (connection.newestIke().equals(Optional.of(ike.serial()))) {
            connection.setNewestIke(Optional.empty());
        }
        sas.remove(ike);
        if (ike.isLarvalInitiator() && !isBegunAgain(connection)) {
            onInitiationFailed.accept(connection);
        }
        onIkeGone.accept(connection, ike);
        release(connection, ike.logger());
        if (connection.config().isLabelled()) {
            ike.pendingInstance().ifPresent(this::releaseUnused);
        }
        ike.logger().detachAll();
    }

    /**
     * Ends a Child SA in agreement with the peer: what the peer has sent by it is taken until the peer has answered.
     */
    public void closeChild(ChildSa child) {
        if (!sas.isAlive(child) || child.isClosing()) {
            return;
        }
        if (child.isVersion1()) {
            endChild(child, Notice.IF_ESTABLISHED);
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

    /** Whoever waited for a Child SA need wait no longer. */
    public void releaseWaiting(ChildSa child) {
        child.logger().sessions().forEach(child.ike().logger()::detach);
        child.logger().detachAll();
    }

    /**
     * There will be no Child SA of those that we asked for, though the IKE SA goes on: the peer, our kernel or we ourselves do
     * not want it. That it was the connection's first is a failure, see {@link #onInitiationFailed}.
     */
    public void refuseChild(ChildSa child, Notice notice) {
        Connection connection = child.connection();
        if (sas.isAlive(child)
                && child.replaces().isEmpty()
                && connection.newestChild().isEmpty()) {
            onInitiationFailed.accept(connection);
        }
        endChild(child, notice);
    }

    /** Ends one Child SA; the IKE SA goes on. */
    public void endChild(ChildSa child, Notice notice) {
        if (!sas.isAlive(child)) {
            return;
        }
        boolean tell = notice == Notice.IF_ESTABLISHED && child.isEstablished()
                || notice == Notice.ALWAYS && child.inbound().isPresent();
        if (child.isVersion1()) {
            endIpsec(child, tell);
            return;
        }
        IkeSa ike = child.ike();
        Optional<DeletePayload> delete =
                tell && sas.isAlive(ike) && !world.impair().on(Impairment.SEND_NO_DELETE)
                        ? child.inbound()
                                .map(id ->
                                        DeletePayload.child(child.wireProtocol(), List.of(ChildSa.spiOctets(id.spi()))))
                        : Optional.empty();
        if (!child.isEstablished()) {
            child.logger().sessions().forEach(ike.logger()::detach);
        }
        removeChild(child);
        delete.ifPresent(
                payload -> wish(ike, sa -> transmitter.sendRequest(sa, ExchangeType.INFORMATIONAL, List.of(payload))));
    }

    private void endIpsec(ChildSa child, boolean tell) {
        sayDeleting(child, tell);
        tellTraffic(child);
        if (tell && !world.impair().on(Impairment.SEND_NO_DELETE)) {
            farewell.ipsec(child);
        }
        if (sas.isAlive(child)) {
            remove(child);
        }
    }

    private void removeChild(ChildSa child) {
        if (sas.isAlive(child)) {
            tellTraffic(child);
            remove(child);
        }
    }

    /** What an SA carried; nothing of one that never did. */
    private void tellTraffic(ChildSa child) {
        if (!child.isEstablished()) {
            return;
        }
        long in = bytes(child, true);
        long out = bytes(child, false);
        sas.statistics().add("ipsec.traffic.in", in);
        sas.statistics().add("ipsec.traffic.out", out);
        child.logger()
                .log(
                        RcCode.INFORMATIONAL,
                        child.protocol() + " traffic information: in=" + Humber.rounded(in) + "B out="
                                + Humber.rounded(out) + "B"
                                + child.userName()
                                        .map(name -> " XAUTHuser=" + name)
                                        .orElse(""));
        if (child.isCompressed()) {
            // As libreswan, which never asks the kernel for these.
            child.logger().log(RcCode.INFORMATIONAL, "IPCOMP traffic information: in=0B out=0B");
        }
    }

    private void remove(ChildSa child) {
        if (!child.isEstablished()) {
            // Whoever asked for a successor need not wait for the end of the predecessor.
            child.replaces().flatMap(sas::find).ifPresent(old -> old.logger().detachAll());
        }
        child.succession()
                .winner()
                .map(winner -> winner.serial())
                .or(() -> child.connection().newestChild())
                .flatMap(sas::find)
                .map(ChildSa.class::cast)
                .filter(next -> next != child && next.awaitsUse())
                .ifPresent(kernel::use);
        Connection connection = child.connection();
        Logger speaking = connection.logger().derive(() -> "");
        speaking.attachAll(child.logger());
        // Whoever asked for the end hears what the script says, too.
        kernel.remove(child, child.logger()::detachAll);
        if (connection.newestChild().equals(Optional.of(child.serial()))) {
            connection.setNewestChild(Optional.empty());
        }
        sas.remove(child);
        release(connection, speaking);
        speaking.detachAll();
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
        if (connection.config().ikeVersion() == IkeVersion.IKEV1) {
            farewell.forgo(connection);
        }
        List<Sa> newestFirst = new ArrayList<>(sas.of(connection));
        Collections.reverse(newestFirst);
        List<Sa> own = new ArrayList<>();
        if (connection.config().ikeVersion() == IkeVersion.IKEV2) {
            connection.newestIke().flatMap(sas::find).ifPresent(own::add);
            own.addAll(newestFirst);
        } else {
            // By ISAKMP SAs that are up the peer is told of the others.
            newestFirst.stream().filter(sa -> !canTell(sa)).forEach(own::add);
            newestFirst.stream().filter(Lifecycle::canTell).forEach(own::add);
        }
        for (Sa sa : own) {
            if (!sas.isAlive(sa)) {
                continue;
            }
            if (sa instanceof IkeSa ike && ike.isVersion1() && canTell(ike)) {
                endLast(ike, sessions);
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

    /**
     * An ISAKMP SA ends when its IPsec SAs have left the kernel. As libreswan, which meanwhile does nothing else: what still
     * comes by it comes too late.
     */
    private void endLast(IkeSa ike, List<WhackSession> sessions) {
        ike.phase1().setLeaving();
        sessions.forEach(ike.logger()::attach);
        kernel.afterwards(() -> {
            if (sas.isAlive(ike)) {
                end(ike, Notice.IF_ESTABLISHED);
            }
        });
    }

    private static boolean canTell(Sa sa) {
        return sa instanceof IkeSa ike && ike.isEstablished();
    }

    /** The same, and before that whatever else is by the connection's ISAKMP SA: its peer is dead. */
    public void endFamilyOf(Connection connection) {
        List<ChildSa> family = new ArrayList<>(connection.newestIke().flatMap(sas::find).map(IkeSa.class::cast).stream()
                .flatMap(ike -> ike.children().stream())
                .toList());
        Collections.reverse(family);
        family.forEach(child -> endChild(child, Notice.IF_ESTABLISHED));
        endAllOf(connection, List.of());
    }

    /** Whether other connections have Child SAs on this connection's IKE SA. */
    public boolean isShared(Connection connection) {
        return connection.newestIke().flatMap(sas::find).map(IkeSa.class::cast).stream()
                .flatMap(ike -> ike.children().stream())
                .anyMatch(child -> child.connection() != connection);
    }
}
