// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.EndConfig.Side;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkeSocket;
import org.jswan.net.Transport;

/** Finds out which end of a connection is this machine, by the sockets IKE is spoken at. */
public final class Orientation {
    private final ConnectionDatabase connections;
    private final Sockets sockets;

    /** The sockets of the daemon. */
    public interface Sockets {
        /** Those bound now, in the order of the status listing. */
        Collection<IkeSocket> all();

        /**
         * Binds one more for a connection with a port of its own; its messages bear the non-ESP marker.
         *
         * @return empty if that transport is not listened for, no interface has the address, or it cannot be bound, which is logged to {@code logger}
         */
        Optional<IkeSocket> open(IpAddress address, int port, Transport transport, Logger logger);
    }

    /** How it went. */
    public enum Result {
        ORIENTED,
        /** No end is ours, so far. */
        UNORIENTED,
        /** Both ends are ours: the connection's SAs have to go. */
        AMBIGUOUS
    }

    public Orientation(ConnectionDatabase connections, Sockets sockets) {
        this.connections = connections;
        this.sockets = sockets;
    }

    /**
     * Orients a connection unless it is already.
     *
     * @param logger where a contradiction is told
     */
    public Result orient(Connection connection, Logger logger) {
        if (connection.isOriented()) {
            return Result.ORIENTED;
        }
        Side here = connection.local().config().side();
        Optional<IkeSocket> found = Optional.empty();
        Side side = here;
        for (IkeSocket socket : sockets.all()) {
            boolean local = matches(connection.end(here), connection.end(here.other()), socket);
            boolean remote = matches(connection.end(here.other()), connection.end(here), socket);
            if (!local && !remote) {
                continue;
            }
            if (local && remote || found.isPresent()) {
                logger.log(RcCode.LOG_SERIOUS, ambiguity(connection, found, socket));
                return Result.AMBIGUOUS;
            }
            found = Optional.of(socket);
            side = local ? here : here.other();
        }
        if (found.isEmpty()) {
            found = open(connection, here);
        }
        if (found.isEmpty()) {
            side = here.other();
            found = open(connection, side);
        }
        if (found.isEmpty()) {
            return Result.UNORIENTED;
        }
        connection.orient(side, found.get());
        connections.rehash(connection);
        return Result.ORIENTED;
    }

    private static boolean matches(ConnectionEnd end, ConnectionEnd other, IkeSocket socket) {
        return end.address()
                .map(address -> new Endpoint(address, end.portTowards(other)).equals(socket.local()))
                .orElse(false);
    }

    private static String ambiguity(Connection connection, Optional<IkeSocket> first, IkeSocket second) {
        boolean sameInterface = first.map(s -> s.interfaceAddress().equals(second.interfaceAddress()))
                .orElse(true);
        if (sameInterface) {
            return "both sides of " + connection + " are our interface "
                    + second.interfaceAddress().interfaceName() + "!";
        }
        return "two interfaces match " + connection + " (" + text(first.get()) + ", " + text(second) + ")";
    }

    private static String text(IkeSocket socket) {
        return socket.interfaceAddress().interfaceName() + " "
                + socket.interfaceAddress().address();
    }

    private Optional<IkeSocket> open(Connection connection, Side side) {
        EndConfig.Host host = connection.end(side).config().host();
        TcpMode tcp = connection.config().tcp().mode();
        if (host.ikePort() == 0 || tcp == TcpMode.FALLBACK) {
            return Optional.empty();
        }
        Transport transport = tcp == TcpMode.ONLY ? Transport.TCP : Transport.UDP;
        return connection
                .end(side)
                .address()
                .flatMap(a -> sockets.open(a, host.ikePort(), transport, connection.logger()));
    }

    /** These addresses are ours since a moment ago: connections whose peer was there are not oriented any more. */
    public void doubt(Set<IpAddress> addresses) {
        for (Connection connection : connections.all()) {
            if (connection.isOriented()
                    && connection.remote().address().filter(addresses::contains).isPresent()) {
                connection.disorient();
                connections.rehash(connection);
            }
        }
    }

    /**
     * The socket is closed: connections that used it are not oriented any more. The caller orients all that are not,
     * once the sockets are as they will be.
     */
    public void closed(IkeSocket socket) {
        for (Connection connection : connections.all()) {
            if (connection.socket().filter(socket::equals).isPresent()) {
                connection.disorient();
                connections.rehash(connection);
            }
        }
    }
}
