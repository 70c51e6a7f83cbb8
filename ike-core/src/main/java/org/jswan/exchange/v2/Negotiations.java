// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Endpoint;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.Streams;
import org.jswan.exchange.Transitions;
import org.jswan.exchange.v2.child.CreateChildInitiator;
import org.jswan.exchange.v2.child.RekeyIke;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.V2State;

/** How IKEv2 brings connections up: IKE_SA_INIT and IKE_AUTH first, then CREATE_CHILD_SA. */
final class Negotiations implements Initiator.Protocol {
    private final Context context;
    private final Transitions transitions;
    private final CreateChildInitiator createChild;
    private final RekeyIke rekeyIke;

    Negotiations(Context context, Transitions transitions, CreateChildInitiator createChild, RekeyIke rekeyIke) {
        this.context = context;
        this.transitions = transitions;
        this.createChild = createChild;
        this.rekeyIke = rekeyIke;
    }

    @Override
    public IkeSa make(Connection c) {
        Endpoint remote = c.remote().endpoint().orElseThrow();
        return context.newSas().initiator(c, socketTowards(c), remote, V2State.PARENT_I0);
    }

    /** A peer at a port of NAT traversal takes messages with the non-ESP marker only. */
    private IkeSocket socketTowards(Connection c) {
        IkeSocket usual = c.socket().orElseThrow();
        return c.remote().encapsulated() && !usual.encapsulates()
                ? context.sockets().natSocket(usual.interfaceAddress()).orElse(usual)
                : usual;
    }

    @Override
    public void begin(IkeSa ike, Connection c, Optional<IkeSa> replaces, boolean unwatched, Runnable begun) {
        Runnable ready = () -> {
            begin(ike, c, replaces, unwatched);
            begun.run();
        };
        if (Streams.isWanted(c, ike.attempt())) {
            transitions.streams().open(ike, ready, begun);
        } else {
            ready.run();
        }
    }

    private void begin(IkeSa ike, Connection c, Optional<IkeSa> replaces, boolean unwatched) {
        if (context.world().impair().on(Impairment.OMIT_V2_IKE_AUTH_CHILD)) {
            ike.logger().log("IMPAIR: omitting CHILD SA payloads from the IKE_AUTH request");
        } else if (c.config().isLabelled()) {
            ike.logger().debug("without a label there is no Child SA");
        } else if (c.has(ConnectionPolicy.ENCRYPT) || c.has(ConnectionPolicy.AUTHENTICATE)) {
            ike.negotiation().setPendingChild(c);
        }
        if (replaces.filter(IkeSa::isEstablished).isPresent()) {
            ike.negotiation().setReauthentication();
        }
        String why = replaces.map(old -> " to replace " + (old.isEstablished() ? "established" : "establishing")
                        + " IKE SA " + old.serial())
                .orElse("");
        String beginning = "initiating IKEv2 connection" + why;
        if (c.isQuiet()) {
            ike.logger().whackOnly(V2State.PARENT_I1.code(), beginning);
        } else {
            ike.logger().log(V2State.PARENT_I1.code(), beginning);
        }
        if (unwatched) {
            // Whoever asked hears that it has begun and waits no longer.
            ike.logger().detachAll();
        }
        transitions.begin(ike);
    }

    @Override
    public boolean isOfUse(IkeSa ike, Connection c) {
        return ike.state() instanceof V2State state
                && switch (state) {
                    case ESTABLISHED_IKE_SA -> ike.succession().winner().isEmpty();
                    case PARENT_I0, PARENT_I1, PARENT_I2 -> true;
                    default -> false;
                };
    }

    @Override
    public void sayQueued(IkeSa ike, Connection c) {
        c.logger()
                .log(
                        RcCode.COMMENT,
                        "queue Child SA; waiting on IKE SA " + ike.connection() + " " + ike.serial()
                                + " negotiating with "
                                + c.remote().address().orElseThrow());
    }

    @Override
    public void newChild(IkeSa ike, Connection connection, List<WhackSession> watching) {
        createChild.begin(ike, connection, watching);
    }

    @Override
    public void rekey(Sa old) {
        if (old instanceof ChildSa child) {
            createChild.rekey(child);
        } else {
            rekeyIke.begin((IkeSa) old);
        }
    }
}
