// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.Asker;
import org.jswan.connection.CertificateReload;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionLoader;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.KeyMaterial;
import org.jswan.connection.LabelCheck;
import org.jswan.connection.Orientation;
import org.jswan.connection.PeerNames;
import org.jswan.connection.PolicyFiles;
import org.jswan.connection.VirtualClients;
import org.jswan.control.WhackCommand.Add;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackCommand.OpportunisticInitiate;
import org.jswan.control.WhackCommand.Route;
import org.jswan.control.WhackCommand.Shutdown;
import org.jswan.control.WhackCommand.Unroute;
import org.jswan.control.WhackRequest;
import org.jswan.exchange.Context;
import org.jswan.exchange.Dispatcher;
import org.jswan.exchange.HalfOpenLimit;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.KernelExpiry;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Lifetimes;
import org.jswan.exchange.Liveness;
import org.jswan.exchange.LogLimiter;
import org.jswan.exchange.NatKeepalive;
import org.jswan.exchange.NewSas;
import org.jswan.exchange.Progress;
import org.jswan.exchange.Revivals;
import org.jswan.exchange.RoutedChildKernel;
import org.jswan.exchange.Streams;
import org.jswan.exchange.Transitions;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.v1.Ikev1;
import org.jswan.exchange.v2.Ikev2;
import org.jswan.identity.PublicKeyStore;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.key.PrivateKeyRing;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.log.WhackSession;
import org.jswan.mobike.AddressChanges;
import org.jswan.mobike.Mobike;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.NetworkEvents;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.redirect.GlobalRedirect;
import org.jswan.redirect.Redirections;
import org.jswan.revocation.ListFetcher;
import org.jswan.revocation.Revocation;
import org.jswan.routing.ConnectionCommands;
import org.jswan.routing.EspOffload;
import org.jswan.routing.Instances;
import org.jswan.routing.NegotiationShunts;
import org.jswan.routing.OnDemand;
import org.jswan.routing.PeerAuthorities;
import org.jswan.routing.PolicyGroups;
import org.jswan.routing.Relocation;
import org.jswan.routing.Routing;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.sa.V1State;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.world.World;

/** The daemon without its I/O. All of it runs on one thread, the loop's; nothing that comes from outside makes it throw. */
public final class Pluto implements KernelEvents {
    static final String VENDOR_ID = "OE-Libreswan-4.11";

    private final World world;
    private final ShutdownListener onShutdown;
    private final Logger logger;
    private final SaDatabase sas = new SaDatabase();
    private final ConnectionDatabase connections;
    private final Interfaces interfaces;
    private final PeerNames peerNames;
    private final Routing routing;
    private final Lifecycle lifecycle;
    private final Dispatcher dispatcher;
    private final Streams streams;
    private final Initiator initiator;
    private final OnDemand onDemand;
    private final NegotiationShunts negotiationShunts;
    private final KernelExpiry kernelExpiry;
    private final ConnectionCommands connectionCommands;
    private final AddressChanges addressChanges;
    private final InjectedEvents injected;
    private final CommandTable commands = new CommandTable();
    private final Processes processes = new Processes();
    private final Revocation revocation;
    private final Secrets secrets;
    private boolean shutDown;

    /** Who ends the process once all is torn down. */
    @FunctionalInterface
    public interface ShutdownListener {
        /** @param leaveState whether kernel state and peers were left as they are */
        void shutDown(boolean leaveState);
    }

    public Pluto(
            PlutoOptions options,
            World world,
            SecretsSource secretsSource,
            PolicyFiles policyFiles,
            ShutdownListener onShutdown) {
        this.world = world;
        this.onShutdown = onShutdown;
        this.logger = world.logger();
        this.connections = new ConnectionDatabase(logger);
        EspOffload offload = new EspOffload(world.kernel());
        this.interfaces = new Interfaces(world, options, offload);
        Orientation orientation = new Orientation(connections, interfaces);
        this.peerNames = new PeerNames(world, connections, orientation);
        PublicKeyStore publicKeys = new PublicKeyStore();
        PrivateKeyRing privateKeys = new PrivateKeyRing(world.helpers(), world.keys());
        HeldCertificates certificates = new HeldCertificates(world.helpers(), world.keys(), world.clock());
        this.routing = new Routing(
                connections, world.kernel(), world.scripts(), PeerAuthorities.held(publicKeys, certificates));
        this.secrets = new Secrets(secretsSource, privateKeys);
        secrets.register(commands);
        this.revocation = new Revocation(
                world,
                certificates,
                options.revocation(),
                new ListFetcher(world, certificates, publicKeys::issuers, options.revocation()));
        Relocation relocation = new Relocation(routing, connections, world.kernel());
        RoutedChildKernel childKernel =
                new RoutedChildKernel(world.kernel(), routing, relocation, offload, world.clock(), world.random());
        Transmitter transmitter = new Transmitter(world, sas);
        Instances instances = new Instances(connections, routing);
        this.negotiationShunts =
                new NegotiationShunts(routing, world.clock(), world.timers(), options.shunts(), logger);
        this.lifecycle = new Lifecycle(world, sas, transmitter, childKernel, instances);
        Lifetimes lifetimes = new Lifetimes(world, sas, lifecycle, childKernel);
        Context context = new Context(
                world,
                sas,
                connections,
                instances,
                lifecycle,
                lifetimes,
                new NewSas(world, sas, lifetimes),
                childKernel,
                interfaces,
                secrets::current,
                privateKeys,
                publicKeys,
                certificates,
                revocation,
                new LogLimiter(world.log(), world.clock()),
                new VirtualClients(
                        connections, options.virtualPrivate(), world.kernel().name()),
                options.uniqueIds(),
                options.labelAttribute());
        HalfOpenLimit limit = new HalfOpenLimit(sas, options.halfOpen(), world.clock());
        GlobalRedirect globalRedirect = new GlobalRedirect(options.redirect(), logger, limit::demandsCookies);
        Redirections redirections = new Redirections(context, relocation, limit::demandsCookies);
        Ikev2 ikev2 = new Ikev2(context, transmitter, limit, globalRedirect, redirections, Bytes.ofUtf8(VENDOR_ID));
        NatKeepalive keepalive = new NatKeepalive(world, sas, options.keepalive());
        Ikev1 ikev1 = new Ikev1(context, Bytes.ofUtf8(VENDOR_ID), limit, keepalive::possible);
        this.streams = new Streams(world, sas, lifecycle, transmitter, childKernel);
        Transitions transitions = new Transitions(sas, transmitter, lifecycle, lifetimes, streams, ikev2.beginning());
        this.dispatcher = new Dispatcher(
                world,
                sas,
                transmitter,
                transitions,
                ikev2.rows(),
                ikev2.initRequests(),
                options.ikev1(),
                ikev1::packet);
        transitions.onEstablished(ike -> {
            keepalive.established(ike);
            redirections.established(ike);
        });
        this.initiator = new Initiator(context, transmitter, ikev1.initiation(), ikev2.initiation(transitions));
        this.onDemand = new OnDemand(
                routing,
                instances,
                negotiationShunts,
                new LabelCheck(world.security()),
                initiator::initiateOnDemand,
                limit::refusesToBegin);
        ikev1.beginBy(initiator);
        redirections.onFollow(initiator::beginElsewhere);
        new RedirectCommands(sas, lifecycle, transmitter, globalRedirect).register(commands);
        ikev2.onHopeless(initiator::replace);
        Revivals revivals = new Revivals(
                context,
                initiator,
                action -> routing.exclusively(release -> {
                    action.run();
                    release.run();
                }));
        ikev2.onBusy(revivals::tryLater);
        this.kernelExpiry = new KernelExpiry(sas, lifetimes, initiator, world.impair());
        SaCommands saCommands =
                new SaCommands(sas, connections, instances, lifecycle, initiator, revivals, routing, interfaces);
        KeyMaterial keyMaterial = new KeyMaterial(privateKeys, publicKeys, certificates, world.clock());
        ConnectionLoader loader = new ConnectionLoader(
                connections,
                orientation,
                world.kernel(),
                routing.interfaces()::missing,
                world.helpers(),
                world.resolver(),
                keyMaterial,
                options.ikev1(),
                saCommands,
                world.impair());
        this.connectionCommands =
                new ConnectionCommands(connections, loader, routing, interfaces::isListening, saCommands);
        saCommands.register(commands);
        commands.slow(
                OpportunisticInitiate.class,
                saCommands.inTurn(new OnDemandCommand(onDemand, interfaces::isListening)::run));
        PolicyGroups groups = new PolicyGroups(connections, connectionCommands, routing, world.helpers(), policyFiles);
        new GroupCommands(connections, groups).register(commands);
        new Listening(sas, connections, orientation, routing, lifecycle, interfaces, saCommands, secrets, groups)
                .register(commands);
        peerNames.onFound(initiator::initiateAlone);
        lifecycle.onInitiationFailed(connection -> {
            if (connection.has(ConnectionPolicy.OPPORTUNISTIC)) {
                negotiationShunts.failed(connection);
            }
        });
        initiator.onUnknownPeer(() -> peerNames.lookUp(() -> {}));
        new PeerCommands(sas, lifecycle, lifetimes, initiator, ikev1::replaceNow, peerNames).register(commands);
        Liveness liveness = new Liveness(world, lifecycle, transmitter, childKernel, saCommands::restartPeer);
        lifetimes.onChildUp(liveness::watch);
        initiator.onDeadPeer(liveness::dead);
        ikev1.onDeadPeer(saCommands::restartPeer, c -> routing.untrap(c, gone -> {}));
        Mobike mobike = new Mobike(world, sas, lifecycle, transmitter, childKernel, relocation, liveness);
        ikev2.add(mobike);
        this.addressChanges = new AddressChanges(world, sas, childKernel, interfaces::at, mobike);
        this.injected = new InjectedEvents(sas, world.impair(), liveness, keepalive, initiator, sa -> {
            if (sa.state() instanceof V1State) {
                ikev1.replaceNow(sa);
            } else {
                lifetimes.replace(sa);
            }
        });
        Adjustments adjustments = new Adjustments(options.debugging(), world, connections, interfaces, limit, injected);
        adjustments.register(commands);
        new StatusCommands(
                        options,
                        world,
                        sas,
                        connections,
                        childKernel,
                        interfaces,
                        limit,
                        globalRedirect,
                        adjustments,
                        routing::bareShunts)
                .register(commands, saCommands);
        KeyListing listing = new KeyListing(privateKeys);
        new KeyCommands(publicKeys, privateKeys, listing, world).register(commands);
        new CertificateCommands(
                        certificates,
                        listing,
                        new CertificateReload(connections, keyMaterial),
                        revocation,
                        options.status().paths().ipsecDirectory() + "/crls",
                        world.clock())
                .register(commands);
        processes.register(commands);
        revocation.start();
        registerOwn();
    }

    private void registerOwn() {
        commands.slow(
                Add.class,
                (command, request, done) -> connectionCommands.add(command.connection(), asker(request), () -> {
                    peerNames.watch(command.connection().name());
                    done.run();
                }));
        commands.slow(
                Delete.class,
                (command, request, done) -> connectionCommands.delete(command.name(), asker(request), done));
        commands.slow(
                Route.class,
                (command, request, done) -> connectionCommands.route(command.name(), asker(request), done));
        commands.slow(
                Unroute.class,
                (command, request, done) -> connectionCommands.unroute(command.name(), asker(request), done));
        commands.on(Shutdown.class, (command, request) -> shutdown(command.leaveState(), request.logger()));
    }

    private static Asker asker(Request request) {
        return new Asker(request.logger(), request.session());
    }

    /** A datagram came in. */
    public void datagram(IkeSocket socket, Endpoint sender, Bytes datagram) {
        // While the last scripts run, a peer that was told of the end may begin anew: it has to wait for the next
        // daemon.
        if (!shutDown) {
            dispatcher.datagram(socket, sender, datagram);
        }
    }

    /** A TCP stream is at its end, or its other end does not keep to the rules. */
    public void streamBroken(IkeStream stream) {
        if (!shutDown) {
            streams.broken(stream);
        }
    }

    /**
     * The network could not deliver a message of ours. Anybody can claim that, so it is only told: to whom the IKE SA's
     * fate matters if the message is of one that somebody configured, else to those who asked for more.
     *
     * @param rejected the message or its beginning
     * @param report what is known
     */
    public void networkError(Bytes rejected, String report) {
        Optional<IkeSa> ike = Optional.empty();
        try {
            WireReader in = WireReader.of(rejected, "rejected message");
            IkeSpi initiatorSpi = new IkeSpi(in.u64());
            IkeSpi responderSpi = new IkeSpi(in.u64());
            in.u8();
            in.u16();
            boolean ours = (in.u8() & IkeHeader.FLAG_INITIATOR) != 0;
            ike = sas.ikeByLocalSpi(ours ? initiatorSpi : responderSpi);
        } catch (WireException tooShort) {
            logger.debug("rejected message is smaller than an IKE header: " + tooShort.getMessage());
        }
        if (ike.isPresent()) {
            Progress.tell(ike.get(), RcCode.COMMENT.code(), report);
        } else {
            logger.debug(report);
        }
    }

    /** A user wants something. The session is finished when all of it is done, or is not waited for. */
    public void whack(WhackRequest request, WhackSession session) {
        SharedSession shared = new SharedSession(session);
        shared.hold();
        Logger speaking = world.logger();
        speaking.attach(shared);
        commands.run(request.commands(), new Request(speaking, shared, request.asynchronous()), () -> {
            speaking.detachAll();
            shared.release();
        });
    }

    /** All SAs end, their peers are told, the kernel is left clean; or everything is left as it is. */
    public void shutdown(boolean leaveState, Logger speaking) {
        if (shutDown) {
            return;
        }
        shutDown = true;
        speaking.logOnly("Pluto is shutting down" + (leaveState ? " (leaving state)" : ""));
        initiator.close();
        revocation.lists().end(logger);
        if (leaveState) {
            onShutdown.shutDown(true);
            return;
        }
        secrets.forget(speaking::logOnly);
        for (Connection c : List.copyOf(connections.all())) {
            lifecycle.endAllOf(c, List.of());
            routing.untrap(c, gone -> {});
        }
        negotiationShunts.end();
        routing.exclusively(done -> {
            done.run();
            interfaces.closeAll(speaking);
            injected.end(logger);
            onShutdown.shutDown(false);
        });
    }

    @Override
    public void acquire(Selector source, Selector destination, int requestId, Optional<SecurityLabel> label) {
        if (!shutDown) {
            onDemand.acquire(source, destination, label, logger);
        }
    }

    @Override
    public void expired(SaId id, boolean hard, SaCounters counters) {
        kernelExpiry.expired(id, hard, counters);
    }

    @Override
    public void mappingChanged(int spi, IpAddress newAddress, int newPort) {
        logger.debug("NAT mapping of SPI " + Integer.toHexString(spi) + " changed to " + newAddress + ":" + newPort);
    }

    @Override
    public void eventsLost() {
        logger.log(RcCode.LOG_SERIOUS, "the kernel's IPsec events came faster than they were read: some are lost");
    }

    /** Who is told what changes in the machine's network. */
    public NetworkEvents networkEvents() {
        return addressChanges;
    }

    /** What runs beside the daemon, for whoever begins it. */
    public Processes processes() {
        return processes;
    }

    /** The connections, for status and commands. */
    public ConnectionDatabase connections() {
        return connections;
    }

    /** How many SAs there are, for tests and the leak report. */
    public int saCount() {
        return sas.size();
    }

    /** All SAs. */
    public Iterable<Sa> sas() {
        return sas.all();
    }
}
