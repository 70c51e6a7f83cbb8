// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.mobike;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.exchange.ChildKernel;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.net.NetworkEvents;
import org.jswan.net.Whereabouts.Route;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Mobility;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.world.World;

/** Notices that an address which IKE SAs use is gone, and finds another one for them. */
public final class AddressChanges implements NetworkEvents {
    /** So much later than an address its route may come. */
    private static final Duration ROUTE_DELAY = Duration.ofSeconds(3);

    private final World world;
    private final SaDatabase sas;
    private final ChildKernel kernel;
    private final Sockets sockets;
    private final Mobike mobike;
    private final Logger daemon;
    private final Set<SaSerial> homeless = new HashSet<>();

    /** The sockets that IKE is spoken at. */
    @FunctionalInterface
    public interface Sockets {
        /** The one at {@code address} that is otherwise like {@code like}; made if the address is new. */
        Optional<IkeSocket> at(IpAddress address, IkeSocket like);
    }

    public AddressChanges(World world, SaDatabase sas, ChildKernel kernel, Sockets sockets, Mobike mobike) {
        this.world = world;
        this.sas = sas;
        this.kernel = kernel;
        this.sockets = sockets;
        this.mobike = mobike;
        this.daemon = world.logger();
    }

    @Override
    public void addressRemoved(IpAddress address) {
        daemon.debug("XFRM RTM_DELADDR " + address + " IFA_LOCAL");
        List<IkeSa> newestFirst = new ArrayList<>(sas.ikeSas());
        Collections.reverse(newestFirst);
        for (IkeSa ike : newestFirst) {
            if (ike.isEstablished()
                    && ike.mobility().isPresent()
                    && ike.socket().local().address().equals(address)) {
                lost(ike, ike.mobility().get(), address);
            }
        }
    }

    private void lost(IkeSa ike, Mobility mobility, IpAddress address) {
        Optional<IpAddress> earlier = mobility.lost();
        // Not asked afterwards: while updown runs, a route that changes may have begun to wait on its own.
        boolean pending = isPending(ike);
        mobility.setLost(Optional.of(address));
        homeless.add(ike.serial());
        Move.forEach(
                Move.carrying(ike),
                (child, next) -> {
                    child.disarm(Sa.Event.LIVENESS);
                    kernel.leave(child, next);
                },
                () -> {
                    if (pending) {
                        daemon.debug(ike.serial() + " MOBIKE new RTM_DELADDR " + address + " pending previous "
                                + earlier.map(IpAddress::toString).orElse("<unset-address>"));
                    } else {
                        arm(ike, Duration.ZERO);
                    }
                });
    }

    private static boolean isPending(Sa sa) {
        return sa.pendingEvents().stream().anyMatch(event -> event.getKey() == Sa.Event.ADDRESS_CHANGE);
    }

    private void arm(IkeSa ike, Duration after) {
        if (sas.isAlive(ike)) {
            ike.arm(
                    Sa.Event.ADDRESS_CHANGE,
                    world.timers().after(after, Sa.Event.ADDRESS_CHANGE.text(), () -> findAnother(ike)));
        }
    }

    @Override
    public void addressAdded(IpAddress address) {
        daemon.debug("XFRM RTM_NEWADDR " + address + " IFA_LOCAL");
        changed();
    }

    /** A route may lead to a peer again, or a better one than before. */
    @Override
    public void changed() {
        for (SaSerial serial : List.copyOf(homeless)) {
            Optional<IkeSa> ike = sas.find(serial)
                    .map(IkeSa.class::cast)
                    .filter(sa -> sa.mobility().flatMap(Mobility::lost).isPresent());
            if (ike.isEmpty()) {
                homeless.remove(serial);
            } else if (!isPending(ike.get())) {
                arm(ike.get(), ROUTE_DELAY);
            }
        }
    }

    private void findAnother(IkeSa ike) {
        if (!sas.isAlive(ike) || !ike.isEstablished()) {
            return;
        }
        IpAddress peer = ike.remote().address();
        try {
            Optional<Route> route = world.network().route(peer);
            if (route.isEmpty()) {
                // Only for those who debug: the next address or route may well be the one.
                daemon.debug(ike.serial() + " no local gateway to reach " + peer);
                return;
            }
            Optional<IkeSocket> socket = sockets.at(route.get().source(), ike.socket());
            boolean begun = ike.mobility().flatMap(Mobility::move).isPresent()
                    && socket.filter(ike.socket()::equals).isPresent();
            if (!begun) {
                // As libreswan: by whom packets to anywhere go, though the peer may be a neighbour.
                IpAddress hop = world.network()
                        .route(IpAddress.any(peer.family()))
                        .flatMap(Route::gateway)
                        .or(route.get()::gateway)
                        .orElse(peer);
                socket.ifPresent(found -> mobike.begin(ike, found, Optional.of(hop)));
            }
        } catch (IOException unreadable) {
            ike.logger().log(RcCode.LOG_SERIOUS, "no route to " + peer + ": " + unreadable.getMessage());
        }
    }
}
