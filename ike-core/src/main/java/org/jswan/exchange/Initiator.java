// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.Endpoint;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V2State;
import org.jswan.world.World;

/** Begins negotiations: because somebody asks, because a try failed, because what is to stay up went down. */
public final class Initiator {
    private static final Duration REVIVAL_STEP = Duration.ofSeconds(5);
    private static final Duration LONGEST_REVIVAL = Duration.ofMinutes(5);

    private final World world;
    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Lifecycle lifecycle;
    private final Dispatcher dispatcher;
    private final Map<ConnectionSerial, Duration> revivalDelays = new HashMap<>();
    private final Set<ConnectionSerial> revivals = new HashSet<>();
    private boolean closing;

    public Initiator(
            World world,
            SaDatabase sas,
            ConnectionDatabase connections,
            Lifecycle lifecycle,
            Dispatcher dispatcher,
            Transmitter transmitter) {
        this.world = world;
        this.sas = sas;
        this.connections = connections;
        this.lifecycle = lifecycle;
        this.dispatcher = dispatcher;
        transmitter.onSilence(this::silent);
        lifecycle.onIkeGone(this::gone);
        lifecycle.onRekeyDue(this::replace);
        // Not already for the IKE SA: a peer may take that time and again, and refuse every Child SA.
        lifecycle.onChildUp(child -> revivalDelays.remove(child.connection().serial()));
    }

    /** From now on nothing is begun any more. */
    public void close() {
        closing = true;
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
        if (c.remote().address().isEmpty()) {
            c.logger()
                    .log(
                            RcCode.NOPEERIP,
                            "cannot initiate connection (serial " + c.serial()
                                    + ") without knowing peer IP address (kind="
                                    + c.kind().text() + ")");
            return false;
        }
        c.set(ConnectionPolicy.UP, true);
        Optional<IkeSa> existing = existing(c);
        if (existing.isPresent()) {
            watch(existing.get(), c, watching);
            return true;
        }
        begin(c, 1, Optional.empty(), watching);
        return true;
    }

    private static String address(Connection c, boolean local) {
        return (local ? c.local() : c.remote()).address().map(Object::toString).orElse("<unset-address>");
    }

    private Optional<IkeSa> existing(Connection c) {
        return sas.of(c).stream()
                .filter(IkeSa.class::isInstance)
                .map(IkeSa.class::cast)
                .filter(ike -> ike.isEstablished()
                        || ike.state() == V2State.PARENT_I0
                        || ike.state() == V2State.PARENT_I1
                        || ike.state() == V2State.PARENT_I2)
                .findFirst();
    }

    /** The connection is up already, or about to be: whoever asked watches that, or is told at once. */
    private static void watch(IkeSa ike, Connection c, List<WhackSession> watching) {
        if (ike.isEstablished()) {
            c.logger().log("is up already by IKE SA " + ike.serial() + "; a further Child SA is not supported yet");
        } else {
            watching.forEach(ike.logger()::attach);
        }
    }

    private void begin(Connection c, long attempt, Optional<IkeSa> replaces, List<WhackSession> watching) {
        Endpoint remote = c.remote().endpoint().orElseThrow();
        IkeSa ike = lifecycle.newInitiator(c, c.socket().orElseThrow(), remote);
        ike.setAttempt(attempt);
        watching.forEach(ike.logger()::attach);
        if (world.impair().on(Impairment.OMIT_V2_IKE_AUTH_CHILD)) {
            ike.logger().log("IMPAIR: omitting CHILD SA payloads from the IKE_AUTH request");
        } else if (c.has(ConnectionPolicy.ENCRYPT) || c.has(ConnectionPolicy.AUTHENTICATE)) {
            ike.negotiation().setPendingChild(c);
        }
        String why = replaces.map(old -> " to replace " + (old.isEstablished() ? "established" : "establishing")
                        + " IKE SA " + old.serial())
                .orElse("");
        ike.logger().log(RcCode.NEW_V2_STATE + V2State.PARENT_I1.number(), "initiating IKEv2 connection" + why);
        if (watching.isEmpty()) {
            // Whoever asked hears that it has begun and waits no longer.
            ike.logger().detachAll();
        }
        dispatcher.begin(ike);
    }

    /** An SA nears its end: unless it has a successor already, a whole new negotiation makes one. */
    private void replace(Sa old) {
        Connection c = old.connection();
        Optional<SaSerial> newest = old instanceof IkeSa ? c.newestIke() : c.newestChild();
        if (closing || !newest.equals(Optional.of(old.serial())) || !c.isOriented()) {
            return;
        }
        begin(c, 1, Optional.of(old instanceof ChildSa child ? child.ike() : (IkeSa) old), List.of());
    }

    /** The peer does not answer any more. */
    private void silent(IkeSa ike) {
        Connection c = ike.connection();
        if (!ike.isEstablished()) {
            tryAgain(ike, c);
        }
        lifecycle.end(ike, Lifecycle.Notice.NEVER);
    }

    private void tryAgain(IkeSa ike, Connection c) {
        long limit = c.config().lifetimes().keyingTries();
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
        begin(c, next, Optional.of(ike), List.of());
    }

    /** An IKE SA is gone: if its connection is to stay up and no other took its place, it is initiated again soon. */
    private void gone(Connection c, IkeSa ike) {
        boolean hasOther = sas.of(c).stream().anyMatch(other -> other != ike && other instanceof IkeSa);
        if (closing
                || !c.has(ConnectionPolicy.UP)
                || c.has(ConnectionPolicy.DONT_REKEY)
                || hasOther
                || connections.find(c.serial()).isEmpty()) {
            return;
        }
        if (world.impair().on(Impairment.REVIVAL)) {
            ike.logger().log("IMPAIR: skipping revival of connection that is supposed to remain up");
            return;
        }
        if (!revivals.add(c.serial())) {
            ike.logger()
                    .log(
                            "deleting IKE SA but connection is supposed to remain up; EVENT_REVIVE_CONNS already scheduled");
            return;
        }
        ike.logger().log("deleting IKE SA but connection is supposed to remain up; schedule EVENT_REVIVE_CONNS");
        Duration delay = revivalDelays.getOrDefault(c.serial(), Duration.ZERO);
        Duration later = delay.plus(REVIVAL_STEP);
        revivalDelays.put(c.serial(), later.compareTo(LONGEST_REVIVAL) < 0 ? later : LONGEST_REVIVAL);
        world.timers().after(delay, "REVIVE_CONNS", () -> revive(c.serial()));
    }

    private void revive(ConnectionSerial serial) {
        if (!revivals.remove(serial) || closing) {
            return;
        }
        Optional<Connection> found = connections.find(serial);
        if (found.isEmpty() || !found.get().has(ConnectionPolicy.UP)) {
            return;
        }
        Connection c = found.get();
        c.logger()
                .log("initiating connection '" + c.name() + "' with serial " + serial
                        + " which received a Delete/Notify but must remain up per local policy");
        if (!initiate(c, List.of())) {
            c.logger().log(RcCode.FATAL, "failed to initiate connection");
        }
    }

    /** Nobody wants the connection up any more. */
    public void forget(Connection c) {
        revivals.remove(c.serial());
        revivalDelays.remove(c.serial());
    }
}
