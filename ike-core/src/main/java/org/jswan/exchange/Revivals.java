// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jswan.base.ConnectionSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.impair.Impairment;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.world.World;

/** Brings up again what is to stay up and went down: at once, and each time later as long as it does not come up. */
public final class Revivals {
    private static final Duration STEP = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** How often a peer whose address may not be its own for long is tried. */
    private static final long INSTANCE_TRIES = 2;

    private final World world;
    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Initiator initiator;
    private final Map<ConnectionSerial, Duration> delays = new HashMap<>();
    private final Set<ConnectionSerial> scheduled = new HashSet<>();
    private final Consumer<Runnable> inTurn;

    /** @param inTurn has something done when nothing else changes connections any more */
    public Revivals(Context context, Initiator initiator, Consumer<Runnable> inTurn) {
        this.world = context.world();
        this.sas = context.sas();
        this.connections = context.connections();
        this.initiator = initiator;
        this.inTurn = inTurn;
        context.lifecycle().onIkeGone(this::gone);
        context.lifecycle().isAwaited(c -> scheduled.contains(c.serial()));
        // Not already for the IKE SA: a peer may take that time and again, and refuse every Child SA.
        context.lifetimes().onChildUp(child -> delays.remove(child.connection().serial()));
    }

    /** An IKE SA is gone: if its connection is to stay up and no other took its place, it is initiated again soon. */
    private void gone(Connection c, IkeSa ike) {
        // As libreswan: that the peer sent us elsewhere does not keep us from reviving what is to stay up.
        boolean hasOther = ike.isVersion1()
                ? c.newestIke().flatMap(sas::find).isPresent()
                : !ike.isRedirected() && sas.of(c).stream().anyMatch(other -> other != ike && other instanceof IkeSa);
        if (initiator.isClosing()
                || !c.has(ConnectionPolicy.UP)
                || c.has(ConnectionPolicy.DONT_REKEY)
                // Packets bring it up.
                || c.config().isLabelled()
                || hasOther
                || connections.find(c.serial()).isEmpty()) {
            return;
        }
        if (world.impair().on(Impairment.REVIVAL)) {
            ike.logger().log("IMPAIR: skipping revival of connection that is supposed to remain up");
            return;
        }
        String deleting = "deleting " + (ike.isVersion1() ? "ISAKMP SA" : "IKE SA")
                + " but connection is supposed to remain up; ";
        if (!scheduled.add(c.serial())) {
            ike.logger().log(deleting + "EVENT_REVIVE_CONNS already scheduled");
            return;
        }
        ike.logger().log(deleting + "schedule EVENT_REVIVE_CONNS");
        rememberPeer(c, ike);
        Duration delay = delays.getOrDefault(c.serial(), Duration.ZERO);
        Duration later = delay.plus(STEP);
        delays.put(c.serial(), later.compareTo(LONGEST) < 0 ? later : LONGEST);
        world.timers().after(delay, "EVENT_REVIVE_CONNS", () -> inTurn.accept(() -> revive(c.serial())));
    }

    /** Whoever came from behind a NAT can be reached at its mapping only, and perhaps not for long. */
    private static void rememberPeer(Connection c, IkeSa ike) {
        if (c.kind() != ConnectionKind.INSTANCE) {
            return;
        }
        if (ike.isEstablished()) {
            c.remote().setPort(ike.remote().port());
            c.remote().setEncapsulated(ike.nat().detected());
        }
        if (c.keyingTries() == 0) {
            c.limitKeyingTries(INSTANCE_TRIES);
        }
    }

    private void revive(ConnectionSerial serial) {
        if (!scheduled.remove(serial) || initiator.isClosing()) {
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
        initiator.initiateAlone(c);
    }

    /** The peer was too busy for a Child SA of a connection: unless it has one by then, it is asked again in a while. */
    public void tryLater(Connection c) {
        long fuzz = Long.remainderUnsigned(world.random().nextLong(), STEP.toMillis());
        world.timers().after(STEP.plusMillis(fuzz), "RETRY_CHILD", () -> {
            boolean wanted = connections.find(c.serial()).isPresent() && c.has(ConnectionPolicy.UP);
            if (wanted && c.newestChild().isEmpty() && !initiator.isClosing()) {
                initiator.initiateAlone(c);
            }
        });
    }

    /** Nobody wants the connection up any more. */
    public void forget(Connection c) {
        scheduled.remove(c.serial());
        delays.remove(c.serial());
    }
}
