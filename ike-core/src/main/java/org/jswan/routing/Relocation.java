// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionEnd;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelSa;
import org.jswan.net.IkeSocket;
import org.jswan.routing.InstalledChildren.Installed;

/**
 * What becomes of routes, policies and SAs when an end moves to another address (RFC 4555 §3.5). Each change is an
 * operation of {@link Routing}.
 */
public final class Relocation {
    private final Routing routing;
    private final ConnectionDatabase connections;
    private final KernelIpsec kernel;

    /**
     * The outer addresses of a Child SA.
     *
     * @param encapsulation of outbound packets; inbound ones have the same ports the other way round
     */
    public record Path(IpAddress local, IpAddress remote, Optional<KernelSa.Encapsulation> encapsulation) {
        private Optional<KernelSa.Encapsulation> inboundEncapsulation() {
            return encapsulation.map(KernelSa.Encapsulation::reversed);
        }
    }

    public Relocation(Routing routing, ConnectionDatabase connections, KernelIpsec kernel) {
        this.routing = routing;
        this.connections = connections;
        this.kernel = kernel;
    }

    /** The address that packets left by is gone: so is the route. SAs and policies stay. */
    public void leave(SaSerial child, Runnable done) {
        ifOwner(child, done, (found, end) -> routing.routes().leave(found.connection(), found.child(), end));
    }

    /** Packets leave by another address now: the route is made anew. */
    public void arrive(SaSerial child, Runnable done) {
        ifOwner(child, done, (found, end) -> routing.routes().arrive(found.connection(), found.child(), end));
    }

    private void ifOwner(SaSerial child, Runnable done, BiConsumer<Installed, Runnable> change) {
        routing.exclusively(release -> {
            Runnable end = ending(release, done);
            Optional<Installed> found = owner(child);
            if (found.isPresent()) {
                change.accept(found.get(), end);
            } else {
                end.run();
            }
        });
    }

    private Optional<Installed> owner(SaSerial child) {
        return routing.installed()
                .find(child)
                .filter(i -> i.connection().routeOwner().equals(Optional.of(child)));
    }

    /**
     * Moves the SAs and policies of a Child SA.
     *
     * @param done gets whether the kernel did it; why not is logged to the child. Not so if policies are not for it any
     *     more: then it is about to go
     */
    public void migrate(SaSerial child, Path path, Consumer<Boolean> done) {
        routing.exclusively(release -> {
            Optional<Installed> found = owner(child);
            boolean moved = found.isPresent() && migrate(found.get(), path);
            if (moved) {
                routing.installed().moved(found.get(), moved(found.get().child(), path));
            }
            try {
                done.accept(moved);
            } finally {
                release.run();
            }
        });
    }

    private boolean migrate(Installed installed, Path path) {
        try {
            for (KernelMigration migration : migrations(installed, path)) {
                kernel.migrate(migration);
            }
            return true;
        } catch (KernelException refused) {
            KernelDoor.tell(refused, installed.child().logger());
            return false;
        }
    }

    private static List<KernelMigration> migrations(Installed installed, Path path) {
        ConnectionEnd local = installed.connection().local();
        ConnectionEnd remote = installed.connection().remote();
        Selector ours = local.client().orElseThrow();
        Selector theirs = remote.client().orElseThrow();
        ChildInstall child = installed.child();
        KernelSa.TrafficSelectors out = new KernelSa.TrafficSelectors(ours, theirs);
        KernelSa.TrafficSelectors in = new KernelSa.TrafficSelectors(theirs, ours);
        List<KernelMigration> migrations = new ArrayList<>();
        migrations.add(migration(Direction.OUT, out, child.main(false), path, installed.connection()));
        migrations.add(migration(Direction.IN, in, child.main(true), path, installed.connection()));
        if (child.mode() == IpsecMode.TUNNEL) {
            migrations.add(migration(Direction.FORWARD, in, child.main(true), path, installed.connection()));
        }
        return migrations;
    }

    private static KernelMigration migration(
            Direction direction, KernelSa.TrafficSelectors selectors, KernelSa sa, Path path, Connection connection) {
        boolean out = direction == Direction.OUT;
        return new KernelMigration(
                direction,
                selectors,
                sa.id().protocol(),
                sa.mode(),
                connection.requestId(sa.id().protocol()),
                sa.id().source(),
                sa.id().destination(),
                out ? path.local() : path.remote(),
                out ? path.remote() : path.local(),
                out ? path.encapsulation() : path.inboundEncapsulation());
    }

    private static ChildInstall moved(ChildInstall child, Path path) {
        return new ChildInstall(
                child.child(),
                child.logger(),
                child.mode(),
                child.outbound().stream()
                        .map(sa -> sa.moved(path.local(), path.remote(), path.encapsulation()))
                        .toList(),
                child.inbound().stream()
                        .map(sa -> sa.moved(path.remote(), path.local(), path.inboundEncapsulation()))
                        .toList(),
                child.outboundLater(),
                child.peer());
    }

    /** Our end of the connection is where {@code socket} is now. */
    public void moveLocal(Connection connection, IkeSocket socket, Optional<IpAddress> nextHop) {
        Endpoint here = socket.local();
        connection.local().setAddress(here.address());
        connection.local().setPort(here.port());
        nextHop.ifPresent(connection.local()::setNextHop);
        connection.orient(connection.local().config().side(), socket);
        connections.rehash(connection);
    }

    /** The peer's end of the connection is there now. */
    public void moveRemote(Connection connection, IkeSocket socket, Endpoint peer) {
        connection.remote().setAddress(peer.address());
        connection.remote().setPort(peer.port());
        connection.orient(connection.local().config().side(), socket);
        connections.rehash(connection);
    }

    /** The peer is another gateway from now on (RFC 5685). */
    public void redirect(Connection connection, IpAddress gateway) {
        connection.setRemoteAddress(gateway);
        connections.rehash(connection);
    }

    private static Runnable ending(Runnable release, Runnable done) {
        return () -> {
            try {
                done.run();
            } finally {
                release.run();
            }
        };
    }
}
