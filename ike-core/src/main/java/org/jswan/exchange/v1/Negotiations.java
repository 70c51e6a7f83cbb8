// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import java.util.List;
import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Initiator;
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

    Negotiations(Context context, MainInitiator main, AggressiveInitiator aggressive, QuickInitiator quick) {
        this.context = context;
        this.main = main;
        this.aggressive = aggressive;
        this.quick = quick;
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
        List<WhackSession> watching = ike.logger().sessions();
        boolean alone = replaces.filter(IkeSa::isEstablished).isPresent();
        if (!alone && (c.has(ConnectionPolicy.ENCRYPT) || c.has(ConnectionPolicy.AUTHENTICATE))) {
            ike.negotiation().setPendingChild(c);
            ike.wishFirst(first -> begin(first, c, watching));
        }
        if (isAggressive(c)) {
            aggressive.begin(ike, replaces);
        } else {
            ike.logger()
                    .log("initiating IKEv1 Main Mode connection"
                            + replaces.map(old -> " to replace " + old.serial()).orElse(""));
            main.begin(ike, replaces);
        }
        begun.run();
    }

    /** What waited for a try that failed waits for this one, too: once is enough. */
    private void begin(IkeSa ike, Connection c, List<WhackSession> watching) {
        boolean asked =
                ike.children().stream().anyMatch(child -> child.connection() == c && child.state() == V1State.QUICK_I1);
        if (!asked) {
            newChild(ike, c, watching);
        }
    }

    @Override
    public boolean isOfUse(IkeSa ike) {
        return ike.state() instanceof V1State state
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
        quick.begin(ike, connection, watching, Optional.empty(), 1);
    }

    /** An IPsec SA gets a successor. */
    void replace(ChildSa child, IkeSa by) {
        quick.begin(by, child.connection(), List.of(), Optional.of(child.serial()), 1);
    }

    @Override
    public void rekey(Sa old) {
        throw new IllegalStateException("IKEv1 rekeys nothing at command");
    }
}
