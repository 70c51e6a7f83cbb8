// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.certificate.CertificateSet;
import org.jswan.helper.Helpers;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelIpsec;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.net.NameResolver;

/**
 * What users do to connections: add, delete, route, unroute. Each waits for its turn in {@link Routing} and calls {@code
 * done} when its effects, updown included, are complete.
 */
public final class ConnectionCommands {
    /** Linux keeps the window as a bitmap of 32-bit words, whose length has to fit 32 bits. */
    private static final long MAX_REPLAY_WINDOW = 0xfffffff8L;

    private final ConnectionDatabase connections;
    private final Orientation orientation;
    private final Routing routing;
    private final KernelIpsec kernel;
    private final Helpers helpers;
    private final NameResolver resolver;
    private final KeyMaterial keys;
    private final Ikev1Policy ikev1;
    private final BooleanSupplier listening;
    private final SaEnder sas;
    private final KnownProposals proposals;

    /** Ends the SAs of a connection that is not wanted any more. */
    @FunctionalInterface
    public interface SaEnder {
        /** @param session sees what the SAs say while they end */
        void end(Connection connection, WhackSession session);

        /** Ends those that were left because other connections use them, too. */
        default void release(Connection connection, WhackSession session) {}
    }

    /** Who asks: a logger that speaks to the log and to the session, and the session. */
    public record Asker(Logger logger, WhackSession session) {}

    /**
     * @param resolver asked off the loop
     * @param listening whether IKE is spoken at all now
     */
    public ConnectionCommands(
            ConnectionDatabase connections,
            Orientation orientation,
            Routing routing,
            KernelIpsec kernel,
            Helpers helpers,
            NameResolver resolver,
            KeyMaterial keys,
            Ikev1Policy ikev1,
            BooleanSupplier listening,
            SaEnder sas,
            Impairments impair) {
        this.proposals = new KnownProposals(impair);
        this.connections = connections;
        this.orientation = orientation;
        this.routing = routing;
        this.kernel = kernel;
        this.helpers = helpers;
        this.resolver = resolver;
        this.keys = keys;
        this.ikev1 = ikev1;
        this.listening = listening;
        this.sas = sas;
    }

    /** Adds a connection, unless there is one of that name or the request is refused. */
    public void add(ConnectionRequest request, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            Runnable end = both(done, release);
            if (!connections.findByName(request.name()).isEmpty()) {
                asker.logger().log(RcCode.DUPNAME, "attempt to redefine connection \"" + request.name() + "\"");
                end.run();
                return;
            }
            ConnectionSerial serial = connections.nextSerial();
            lookUp(
                    namesIn(request),
                    names -> keys.find(request, asker.logger(), (certificates, found) -> {
                        try {
                            add(serial, request, names, certificates, found, asker);
                        } finally {
                            end.run();
                        }
                    }));
        });
    }

    private void add(
            ConnectionSerial serial,
            ConnectionRequest request,
            NameResolver names,
            CertificateSet certificates,
            Map<Ckaid, Found> privateKeys,
            Asker asker) {
        Logger logger = asker.logger().derive(() -> '"' + request.name() + "\": ");
        ConnectionConfig config;
        try {
            config = ConnectionConfig.of(
                    request,
                    new AddContext(
                            names,
                            privateKeys,
                            certificates,
                            keys.now(),
                            kernel.name(),
                            MAX_REPLAY_WINDOW,
                            proposals,
                            ikev1,
                            connections.pools(),
                            logger));
            requireInterface(config, logger);
        } catch (ConnectionRefused refused) {
            logger.log(refused.code(), refused.getMessage());
            return;
        } finally {
            logger.detachAll();
        }
        keys.publish(config.left());
        keys.publish(config.right());
        Connection connection = connections.add(serial, config);
        connection.logger().attach(asker.session());
        logProposals(connection);
        if (orientation.orient(connection, connection.logger()) == Orientation.Result.AMBIGUOUS) {
            sas.end(connection, asker.session());
            // as libreswan: the rest is for the log only.
            connection.logger().detach(asker.session());
        }
        connection.logger().log("added " + kindOf(config) + " connection");
        connection.logger().detach(asker.session());
    }

    private void requireInterface(ConnectionConfig config, Logger logger) throws ConnectionRefused {
        Optional<Integer> wanted = config.kernel().interfaceId();
        if (wanted.isEmpty()) {
            return;
        }
        Optional<String> missing = routing.interfaces().missing(logger);
        if (missing.isPresent()) {
            throw ConnectionRefused.fatal(
                    "ipsec-interface=" + Integer.toUnsignedString(wanted.get()) + " not supported. " + missing.get());
        }
    }

    private static String kindOf(ConnectionConfig config) {
        if (!config.neverNegotiates()) {
            return config.ikeVersion() == IkeVersion.IKEV1 ? "IKEv1" : "IKEv2";
        }
        return switch (config.shunts().prospective()) {
            case PASS -> "passthrough";
            case DROP -> "drop";
            case REJECT -> "reject";
            case NONE, HOLD, TRAP -> throw new IllegalStateException("not without negotiation");
        };
    }

    private void logProposals(Connection connection) {
        Logger logger = connection.logger();
        ConnectionConfig config = connection.config();
        if (!config.neverNegotiates() && config.ikeVersion() == IkeVersion.IKEV2) {
            logger.logOnly("IKE SA proposals (connection add):");
            proposals.ikeLines(config).forEach(logger::logOnly);
            logger.logOnly("Child SA proposals (connection add):");
            proposals.childLines(config).forEach(logger::logOnly);
        }
    }

    /** What has to be looked up before a request can be judged. */
    private static Set<String> namesIn(ConnectionRequest request) {
        Set<String> names = new LinkedHashSet<>();
        for (EndRequest end : List.of(request.left(), request.right())) {
            end.get(EndOption.HOST)
                    .filter(host ->
                            host.kind() == HostSpec.Kind.NAME && host.address().isEmpty())
                    .ifPresent(host -> names.add(host.text()));
            end.get(EndOption.ID).filter(ConnectionCommands::isHostName).ifPresent(names::add);
        }
        return names;
    }

    /** Whether an identity is neither an address nor of a form that is not looked up. */
    private static boolean isHostName(String id) {
        return !id.isEmpty()
                && !id.startsWith("%")
                && id.indexOf('@') < 0
                && id.indexOf('=') < 0
                && IpAddress.parse(id).isEmpty();
    }

    private void lookUp(Set<String> names, Consumer<NameResolver> then) {
        if (names.isEmpty()) {
            then.accept(NameResolver.NONE);
            return;
        }
        helpers.submit(
                () -> {
                    Map<String, List<IpAddress>> found = new HashMap<>();
                    names.forEach(name -> found.put(name, resolver.lookup(name)));
                    return found;
                },
                outcome -> {
                    Map<String, List<IpAddress>> found = outcome.failure() == null ? outcome.value() : Map.of();
                    then.accept(name -> found.getOrDefault(name, List.of()));
                });
    }

    /**
     * Deletes the connections of that name, or else those with that alias, after their SAs, policies and routes. That
     * there is none is no error.
     */
    public void delete(String name, Asker asker, Runnable done) {
        routing.exclusively(release -> {
            List<Connection> named = connections.findByName(name);
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
                doomed.forEach(connections::doom);
                doomed.forEach(connection -> remove(connection, asker));
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

    private void remove(Connection connection, Asker asker) {
        routing.exclusively(release -> {
            // An instance may be gone with its last SA.
            if (connections.find(connection.serial()).isPresent()) {
                connection.logger().attach(asker.session());
                if (connection.kind() == ConnectionKind.INSTANCE && !connection.has(ConnectionPolicy.OPPORTUNISTIC)) {
                    Instances.sayDeleting(connection, connection.logger());
                }
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
        routing.trap(connection, routed -> {
            if (!routed) {
                logger.whackOnly(RcCode.ROUTE, "could not route");
            }
            logger.detach(asker.session());
        });
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
