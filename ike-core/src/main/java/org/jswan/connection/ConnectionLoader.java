// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.certificate.CertificateSet;
import org.jswan.helper.Helpers;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelIpsec;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.log.Logger;
import org.jswan.net.NameResolver;

/** Makes connections of what users ask for: looks names up, finds keys, checks the request, keeps what it comes to. */
public final class ConnectionLoader {
    private final ConnectionDatabase connections;
    private final Orientation orientation;
    private final KernelIpsec kernel;
    private final Function<Logger, Optional<String>> missingInterfaces;
    private final Helpers helpers;
    private final NameResolver resolver;
    private final KeyMaterial keys;
    private final Ikev1Policy ikev1;
    private final SaEnder sas;
    private final KnownProposals proposals;

    /**
     * @param missingInterfaces what the kernel lacks for {@code ipsec-interface=}; empty if nothing
     * @param resolver asked off the loop
     */
    public ConnectionLoader(
            ConnectionDatabase connections,
            Orientation orientation,
            KernelIpsec kernel,
            Function<Logger, Optional<String>> missingInterfaces,
            Helpers helpers,
            NameResolver resolver,
            KeyMaterial keys,
            Ikev1Policy ikev1,
            SaEnder sas,
            Impairments impair) {
        this.connections = connections;
        this.orientation = orientation;
        this.kernel = kernel;
        this.missingInterfaces = missingInterfaces;
        this.helpers = helpers;
        this.resolver = resolver;
        this.keys = keys;
        this.ikev1 = ikev1;
        this.sas = sas;
        this.proposals = new KnownProposals(kernel::has, impair);
    }

    /**
     * Loads a connection whose name is free, unless its request is refused, which is said to {@code asker}.
     *
     * @param done called once, at its end, whatever came of it
     */
    public void load(ConnectionRequest request, Asker asker, Runnable done) {
        ConnectionSerial serial = connections.nextSerial();
        lookUp(
                namesIn(request),
                names -> keys.find(request, asker.logger(), (certificates, found) -> {
                    try {
                        load(serial, request, names, certificates, found, asker);
                    } finally {
                        done.run();
                    }
                }));
    }

    private void load(
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
                            kernel.abilities(),
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
        if (config.lifetimes().keyingTries() != request.value(ConnectionOption.KEYING_TRIES)
                && config.has(ConnectionPolicy.OPPORTUNISTIC)) {
            connection
                    .logger()
                    .log("the connection is Opportunistic, but used keyingtries=0."
                            + " The specified value was changed to 1");
        }
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
        Optional<String> missing = missingInterfaces.apply(logger);
        if (missing.isPresent()) {
            int asked = wanted.get() == ConnectionConfig.Kernel.INTERFACE_ZERO ? 0 : wanted.get();
            throw ConnectionRefused.fatal(
                    "ipsec-interface=" + Integer.toUnsignedString(asked) + " not supported. " + missing.get());
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
            end.get(EndOption.ID).filter(ConnectionLoader::isHostName).ifPresent(names::add);
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
}
