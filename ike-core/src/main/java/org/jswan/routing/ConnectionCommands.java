// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jswan.connection.Asker;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionLoader;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.SaEnder;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/**
 * What users do to connections: add, delete, route, unroute. Each waits for its turn in {@link Routing} and calls {@code
 * done} when its effects, updown included, are complete.
 */
public final class ConnectionCommands {
    private final ConnectionDatabase connections;
    private final ConnectionLoader loader;
    private final Routing routing;
    private final BooleanSupplier listening;
    private final SaEnder sas;

    /** @param listening whether IKE is spoken at all now */
    public ConnectionCommands(
            ConnectionDatabase connections,
            ConnectionLoader loader,
            Routing routing,
            BooleanSupplier listening,
            SaEnder sas) {
        this.connections = connections;
        this.loader = loader;
        this.routing = routing;
        this.listening = listening;
        this.sas = sas;
    }

    /** Adds a connection, unless there is one of that name or the request is refused. */
    public void add(ConnectionRequest request, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            Runnable end = both(done, release);
            if (connections.findByName(request.name()).isEmpty()) {
                loader.load(request, asker, end);
            } else {
                asker.logger().log(RcCode.DUPNAME, "attempt to redefine connection \"" + request.name() + "\"");
                end.run();
            }
        });
    }

    /**
     * Deletes the connections of that name, or else those with that alias, after their SAs, policies and routes. That
     * there is none is no error.
     */
    public void delete(String name, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            // As libreswan: what is only an instance by that name, as some members of groups are, does not go alone.
            List<Connection> named =
                    connections.findConfigured(name).isPresent() ? connections.findByName(name) : List.of();
            List<Connection> doomed = new ArrayList<>(named.isEmpty() ? connections.findByAlias(name) : named);
            if (named.isEmpty()) {
                Collections.reverse(doomed);
            }
            routing.next(() -> {
                doomed.forEach(connection -> terminate(connection, asker));
                if (named.isEmpty() && !doomed.isEmpty()) {
                    asker.logger()
                            .log(
                                    RcCode.COMMENT,
                                    "terminated " + doomed.size() + " connections from aliased connection \"" + name
                                            + "\"");
                }
                remove(withMembers(doomed), asker);
                routing.exclusively(last -> both(done, last).run());
            });
            release.run();
        });
    }

    private void terminate(Connection connection, Asker asker) {
        if (connection.config().neverNegotiates()) {
            return;
        }
        connection.logger().attach(asker.session());
        if (connection.kind().isConcrete()) {
            connection.logger().log("terminating SAs using this connection");
        }
        sas.end(connection, asker.session());
        connection.logger().detach(asker.session());
    }

    /** Removes members of groups, with their instances. */
    void removeMembers(List<String> names, Asker asker) {
        List<Connection> all = new ArrayList<>();
        names.forEach(name -> addNewestFirst(all, name));
        remove(all, asker);
    }

    /** As libreswan: its members go just before a group, the instances of each before it. */
    private List<Connection> withMembers(List<Connection> doomed) {
        List<Connection> all = new ArrayList<>();
        for (Connection connection : doomed) {
            connections.members(connection).forEach(member -> addNewestFirst(all, member.name()));
            all.add(connection);
        }
        return all;
    }

    private void addNewestFirst(List<Connection> to, String name) {
        List<Connection> named = new ArrayList<>(connections.findByName(name));
        Collections.reverse(named);
        to.addAll(named);
    }

    private void remove(List<Connection> doomed, Asker asker) {
        // Nobody asked for the end of these by name.
        doomed.stream()
                .filter(c -> c.foodGroup().isPresent() && !c.config().neverNegotiates())
                .forEach(c -> {
                    c.setLeaving();
                    sas.end(c, asker.session());
                });
        doomed.forEach(connections::doom);
        doomed.forEach(connection -> remove(connection, asker));
    }

    private void remove(Connection connection, Asker asker) {
        routing.exclusively(release -> {
            // An instance may be gone with its last SA.
            if (connections.find(connection.serial()).isPresent()) {
                connection.logger().attach(asker.session());
                if (connection.kind() == ConnectionKind.INSTANCE && !connection.has(ConnectionPolicy.OPPORTUNISTIC)) {
                    Instances.sayDeleting(connection, connection.logger());
                }
                connection.setLeaving();
                sas.release(connection, asker.session());
                routing.next(() -> routing.untrap(connection, gone -> {
                    connections.remove(connection);
                    connection.logger().detach(asker.session());
                }));
            }
            release.run();
        });
    }

    /** Routes the connections of that name or alias: their first packet starts a negotiation. */
    public void route(String name, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            routing.next(() -> {
                if (listening.getAsBoolean()) {
                    configured(name, asker).forEach(connection -> route(connection, asker));
                } else {
                    asker.logger().whackOnly(RcCode.DEAF, "need --listen before --route");
                }
                routing.exclusively(last -> both(done, last).run());
            });
            release.run();
        });
    }

    private void route(Connection connection, Asker asker) {
        Logger logger = connection.logger();
        logger.attach(asker.session());
        if (!connection.isOriented()) {
            logger.whackOnly(RcCode.ORIENT, "we cannot identify ourselves with either end of this connection");
            logger.detach(asker.session());
            return;
        }
        if (connection.kind() == ConnectionKind.GROUP) {
            routeGroup(connection, asker);
            return;
        }
        routing.trap(connection, routed -> {
            tell(connection, routed);
            logger.detach(asker.session());
        });
    }

    private void routeGroup(Connection group, Asker asker) {
        group.set(ConnectionPolicy.GROUTED, true);
        for (Connection member : connections.members(group)) {
            routing.trap(member, routed -> tell(group, routed));
        }
        routing.exclusively(release -> {
            group.logger().detach(asker.session());
            release.run();
        });
    }

    /** Routes a member that is new in a group that is routed. */
    void route(Connection member, Connection group, Asker asker) {
        member.logger().attach(asker.session());
        group.logger().attach(asker.session());
        routing.trap(member, routed -> {
            tell(group, routed);
            member.logger().detach(asker.session());
            group.logger().detach(asker.session());
        });
    }

    private static void tell(Connection connection, boolean routed) {
        if (!routed) {
            connection.logger().whackOnly(RcCode.ROUTE, "could not route");
        }
    }

    /** Takes away what {@link #route} did, unless Child SAs use it. */
    public void unroute(String name, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            routing.next(() -> {
                configured(name, asker).forEach(connection -> unroute(connection, asker));
                routing.exclusively(last -> both(done, last).run());
            });
            release.run();
        });
    }

    private void unroute(Connection connection, Asker asker) {
        if (connection.kind() == ConnectionKind.GROUP) {
            connection.set(ConnectionPolicy.GROUTED, false);
            connections.members(connection).forEach(member -> unroute(member, asker));
            return;
        }
        routing.untrap(connection, gone -> {
            if (!gone) {
                asker.logger().whackOnly(RcCode.RTBUSY, "cannot unroute: route busy");
            }
        });
    }

    /** What a command is about; that there is nothing is told. */
    private List<Connection> configured(String name, Asker asker) {
        Optional<Connection> named = connections.findConfigured(name);
        if (named.isPresent()) {
            return List.of(named.get());
        }
        List<Connection> aliased = new ArrayList<>(connections.findByAlias(name));
        Collections.reverse(aliased);
        if (aliased.isEmpty()) {
            asker.logger().whackOnly(RcCode.ROUTE, "no connection or alias '" + name + "'");
        }
        return aliased;
    }

    private static Runnable both(Runnable first, Runnable second) {
        return () -> {
            try {
                first.run();
            } finally {
                second.run();
            }
        };
    }
}
