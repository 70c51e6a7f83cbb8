// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.IpAddress;
import org.jswan.connection.Asker;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.Orientation;
import org.jswan.control.WhackCommand.Listen;
import org.jswan.control.WhackCommand.Unlisten;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.log.Logger;
import org.jswan.log.WhackSession;
import org.jswan.net.IkeSocket;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.routing.PolicyGroups;
import org.jswan.routing.Routing;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;

/**
 * {@code --listen}, {@code --unlisten}: IKE is spoken at the addresses that the machine has now. What used an address that is gone ends, and
 * connections find out anew which end is this machine. Secrets and the files of policy groups are read anew.
 */
final class Listening {
    private final SaDatabase sas;
    private final ConnectionDatabase connections;
    private final Orientation orientation;
    private final Routing routing;
    private final Lifecycle lifecycle;
    private final Interfaces interfaces;
    private final SaCommands saCommands;
    private final Secrets secrets;
    private final PolicyGroups groups;

    Listening(
            SaDatabase sas,
            ConnectionDatabase connections,
            Orientation orientation,
            Routing routing,
            Lifecycle lifecycle,
            Interfaces interfaces,
            SaCommands saCommands,
            Secrets secrets,
            PolicyGroups groups) {
        this.sas = sas;
        this.connections = connections;
        this.orientation = orientation;
        this.routing = routing;
        this.lifecycle = lifecycle;
        this.interfaces = interfaces;
        this.saCommands = saCommands;
        this.secrets = secrets;
        this.groups = groups;
    }

    void register(CommandTable table) {
        table.slow(Listen.class, (command, request, done) -> listen(request, done));
        table.on(Unlisten.class, (command, request) -> {
            request.logger().log("no longer listening for IKE messages");
            interfaces.stopListening();
        });
    }

    private void listen(Request request, Runnable done) {
        routing.exclusively(release -> {
            request.logger().log("listening for IKE messages");
            Interfaces.Change change = interfaces.look(request.logger());
            routing.next(() -> {
                change.gone().forEach(socket -> leave(socket, request));
                routing.exclusively(last -> {
                    try {
                        change.gone().forEach(socket -> forsake(socket, request.logger()));
                        interfaces.close(change.gone());
                        routing.interfaces().checkStale(request.logger());
                        if (change.isAny()) {
                            orient(change.added(), request);
                        }
                        secrets.load(request.logger());
                    } finally {
                        routing.next(() -> groups.read(new Asker(request.logger(), request.session()), done));
                        last.run();
                    }
                });
            });
            release.run();
        });
    }

    /** The connections that speak IKE there: their SAs end and their routes go. */
    private void leave(IkeSocket socket, Request request) {
        WhackSession session = request.session();
        for (Connection c : connections.newestFirst()) {
            boolean uses = c.socket().equals(Optional.of(socket));
            if (uses && connections.find(c.serial()).isPresent()) {
                c.logger().attach(session);
                lifecycle.endAllOf(c, List.of(session));
                if (c.kind() == ConnectionKind.INSTANCE && !c.config().neverNegotiates()) {
                    c.logger().detach(session);
                } else {
                    routing.untrap(c, gone -> c.logger().detach(session));
                }
            }
        }
    }

    /** What is still there without a connection of that address. */
    private void forsake(IkeSocket socket, Logger asking) {
        for (IkeSa ike : sas.ikeSas()) {
            if (ike.socket() == socket) {
                asking.log("deleting lasting state " + ike.serial() + " on interface ("
                        + socket.interfaceAddress().interfaceName() + ") which is shutting down");
                lifecycle.end(ike, Notice.IF_ESTABLISHED);
            }
        }
        orientation.closed(socket);
    }

    /** An address that is new may be the peer's of a connection that was sure which end is this machine. */
    private void orient(Set<IpAddress> added, Request request) {
        orientation.doubt(added);
        // The newest first, so that of those loaded before, the oldest is the first to be found by its hosts.
        for (Connection c : connections.newestFirst()) {
            if (orientation.orient(c, request.logger()) == Orientation.Result.AMBIGUOUS) {
                saCommands.terminateAll(c.name(), request.session());
            }
        }
    }
}
