// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.IkeVersion;
import org.jswan.exchange.Context;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.v1.engine.IsakmpTimers;
import org.jswan.sa.IkeSa;

/**
 * Begins anew where something has waited for an ISAKMP SA for long: the peer is stuck. As libreswan: only with dead peer
 * detection, whose time says how long is long.
 */
final class StuckNegotiations {
    private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(2);

    /** How often the time after which a peer is dead. */
    private static final int PATIENCE = 3;

    private final Context context;
    private final IsakmpTimers timers;
    private Optional<Initiator> initiator = Optional.empty();
    private boolean armed;

    StuckNegotiations(Context context, IsakmpTimers timers) {
        this.context = context;
        this.timers = timers;
    }

    void beginBy(Initiator of) {
        initiator = Optional.of(of);
    }

    /** A connection has to wait for its ISAKMP SA. */
    void watch(Connection c) {
        if (!armed && !patience(c).isZero()) {
            armed = true;
            context.world().timers().after(BETWEEN_LOOKS, "EVENT_PENDING_PHASE2", this::look);
        }
    }

    private static Duration patience(Connection c) {
        return c.config().liveness().timeout().multipliedBy(PATIENCE);
    }

    private void look() {
        armed = false;
        Set<IkeSa> stuck = new LinkedHashSet<>();
        List<Connection> alone = new ArrayList<>();
        for (Connection c : context.connections().newestFirst()) {
            if (isStuck(c)) {
                c.logger()
                        .log("ISAKMP SA negotiating with "
                                + c.remote().address().orElseThrow() + " took too long -- replacing");
                initiator.flatMap(of -> of.existing(c)).ifPresentOrElse(stuck::add, () -> alone.add(c));
            }
        }
        // Those of several connections are replaced once.
        stuck.forEach(ike -> timers.replace(ike, false));
        alone.forEach(c -> initiator.ifPresent(of -> of.initiateAlone(c)));
        for (IkeSa ike : context.sas().ikeSas()) {
            if (ike.wishes().stream().anyMatch(wish -> wish.sinceNanos().isPresent())) {
                watch(ike.connection());
            }
        }
    }

    /** Whether anything that waits between these hosts waits longer than the connection has patience. */
    private boolean isStuck(Connection c) {
        Duration patience = patience(c);
        if (patience.isZero()
                || c.config().ikeVersion() != IkeVersion.IKEV1
                || !c.isOriented()
                || c.remote().address().isEmpty()
                || !c.has(ConnectionPolicy.UP)) {
            return false;
        }
        long since = context.world().clock().nanos() - patience.toNanos();
        return context
                .connections()
                .findByHosts(c.local().address().orElseThrow(), c.remote().address())
                .stream()
                .flatMap(sharing -> context.sas().of(sharing).stream())
                .filter(IkeSa.class::isInstance)
                .flatMap(ike -> ((IkeSa) ike).wishes().stream())
                .anyMatch(wish ->
                        wish.sinceNanos().filter(began -> began <= since).isPresent());
    }
}
