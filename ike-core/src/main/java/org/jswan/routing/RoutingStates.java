// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.RoutingState;

/** Nobody else sets a connection's routing: those who find connections by it are told of each change. */
final class RoutingStates {
    private final RouteOwners owners = new RouteOwners();
    private final PacketSearch packets = new PacketSearch();
    private final ConnectionDatabase connections;

    RoutingStates(ConnectionDatabase connections) {
        this.connections = connections;
        connections.watch(new ConnectionDatabase.Watcher() {
            @Override
            public void added(Connection connection) {
                connection.watchEnds(() -> changed(connection));
            }

            @Override
            public void removed(Connection connection) {
                owners.forget(connection);
                packets.forget(connection);
            }
        });
    }

    /** Who has routes and policies. */
    RouteOwners owners() {
        return owners;
    }

    /** Who waits for packets. */
    PacketSearch packets() {
        return packets;
    }

    /** @param owner the Child SA that the policies are for; empty if none */
    void set(Connection connection, RoutingState state, Optional<SaSerial> owner) {
        connection.setRouting(state, owner);
        changed(connection);
    }

    /** The state is another, and for whom the policies are stays. */
    void set(Connection connection, RoutingState state) {
        set(connection, state, connection.routeOwner());
    }

    /** An instance waits for packets from now on, though it is not routed. */
    void await(Connection instance) {
        instance.setBegunByTraffic(true);
        changed(instance);
    }

    /** No more: the next packet is a reason for another instance. */
    void forgo(Connection instance) {
        instance.setBegunByTraffic(false);
        changed(instance);
    }

    private void changed(Connection connection) {
        // The last of its operations may end after a connection has gone: nobody is to find it then.
        if (connections.find(connection.serial()).isPresent()) {
            owners.update(connection);
            packets.update(connection);
        }
    }

    /** The trap of a template gives way to the policies of an instance that has just its packets. */
    void eclipse(Connection template) {
        if (RoutingTable.step(RoutingEvent.INSTANTIATE, template) == RoutingTable.Step.ECLIPSE) {
            set(template, RoutingState.ROUTED_ECLIPSED, Optional.empty());
        }
    }
}
