// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;

/**
 * Where an identity is one peer's only ({@code uniqueids=yes}), a peer that proves who it is has left what it had before:
 * other instances of its connection end, without a word to it. If it says INITIAL_CONTACT (RFC 7296 §2.4), so does the Child
 * SA that its connection has.
 */
public final class OlderSelves {
    private final Context context;

    public OlderSelves(Context context) {
        this.context = context;
    }

    /** An initiator has proven its identity. */
    public void end(IkeSa ike, boolean initialContact) {
        Connection c = ike.connection();
        if (!context.uniqueIds() || isGroup(c)) {
            return;
        }
        for (Connection old : context.connections().findSamePeer(c)) {
            if (old.local().id().equals(c.local().id()) && !isCrossing(ike, old) && mayReplace(ike, old)) {
                end(ike, old);
            }
        }
        if (initialContact) {
            c.newestChild()
                    .flatMap(context.sas()::find)
                    .map(ChildSa.class::cast)
                    .ifPresent(this::endLater);
        }
    }

    /**
     * Whether we began with the peer while it began with us. Other than libreswan, which gives that up: if the other end does the
     * same, each keeps what the other has thrown away. A peer that was forgotten does not answer by what it had before.
     */
    private boolean isCrossing(IkeSa ike, Connection old) {
        return old.has(ConnectionPolicy.OPPORTUNISTIC)
                && context.sas().of(old).stream()
                        .anyMatch(sa -> sa instanceof IkeSa ours
                                && ours.role() == IkeRole.INITIATOR
                                && (ours.isLarvalInitiator() || ours.lastResponseNanos() > ike.inceptionNanos()));
    }

    /** Peers that share a secret and have names of their own in XAUTH share the identity, too. */
    private static boolean isGroup(Connection c) {
        return c.local().config().xauth().server()
                && c.remote().config().authby().contains(AuthenticationMethod.PSK);
    }

    /** Who proves nothing replaces nobody who did, nor anybody elsewhere. */
    private boolean mayReplace(IkeSa ike, Connection old) {
        Connection c = ike.connection();
        if (!ike.isPeerAnonymous()) {
            return true;
        }
        if (!provesNothing(old)) {
            ike.logger().log("cannot replace old authenticated connection with authnull connection");
            return false;
        }
        boolean sameAddress = c.remote().address().equals(old.remote().address());
        if (!sameAddress) {
            ike.logger().log("NULL auth ID for different IP's cannot replace each other");
        }
        return sameAddress;
    }

    /** Other than libreswan, which asks what the peer was allowed to do. */
    private boolean provesNothing(Connection old) {
        return old.newestIke()
                .flatMap(context.sas()::find)
                .map(sa -> ((IkeSa) sa).isPeerAnonymous())
                .orElseGet(() -> old.remote().config().mayProveNothing());
    }

    private void end(IkeSa ike, Connection old) {
        Optional<SaSerial> newestIke = old.newestIke();
        Optional<SaSerial> newestChild = old.newestChild();
        sayMissing(ike, "ISAKMP", newestIke);
        sayMissing(ike, "IKE", newestChild);
        List<Sa> sas = context.sas().of(old);
        for (Sa sa : ike.isVersion1() ? childrenFirst(sas) : sas) {
            Optional<SaSerial> serial = Optional.of(sa.serial());
            Notice notice =
                    serial.equals(newestIke) || serial.equals(newestChild) ? Notice.NEVER : Notice.IF_ESTABLISHED;
            if (sa instanceof IkeSa superseded) {
                context.lifecycle().end(superseded, notice);
            } else if (sa instanceof ChildSa child) {
                context.lifecycle().endChild(child, notice);
            }
        }
        // Without SAs nothing else takes an instance away.
        if (sas.isEmpty() && old.kind() == ConnectionKind.INSTANCE) {
            context.instances().unmake(old, old.logger());
        }
    }

    /** SAs of IKEv1, whose ends are told by ISAKMP SAs. */
    private static List<Sa> childrenFirst(List<Sa> sas) {
        return sas.stream()
                .sorted(Comparator.comparing(IkeSa.class::isInstance))
                .toList();
    }

    private void sayMissing(IkeSa ike, String what, Optional<SaSerial> serial) {
        if (serial.flatMap(context.sas()::find).isEmpty()) {
            ike.logger()
                    .log("did not find old " + what + " state #"
                            + serial.map(SaSerial::value).orElse(0L) + " to mark for suppressing delete");
        }
    }

    /** As libreswan: after the new one is up, so that no packet meets neither. */
    private void endLater(ChildSa old) {
        context.world().timers().after(Duration.ZERO, Sa.Event.DISCARD.text(), () -> context.lifecycle()
                .endChild(old, Notice.NEVER));
    }
}
