// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Selector;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.CertificateReload;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionCommands;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.Instances;
import org.jswan.connection.KeyMaterial;
import org.jswan.connection.Orientation;
import org.jswan.connection.PeerNames;
import org.jswan.connection.Relocation;
import org.jswan.connection.Routing;
import org.jswan.control.Version;
import org.jswan.control.WhackCommand.Add;
import org.jswan.control.WhackCommand.AddressPoolStatus;
import org.jswan.control.WhackCommand.BriefStatus;
import org.jswan.control.WhackCommand.Ddos;
import org.jswan.control.WhackCommand.Delete;
import org.jswan.control.WhackCommand.FipsStatus;
import org.jswan.control.WhackCommand.RereadSecrets;
import org.jswan.control.WhackCommand.Route;
import org.jswan.control.WhackCommand.ShowStates;
import org.jswan.control.WhackCommand.ShuntStatus;
import org.jswan.control.WhackCommand.Shutdown;
import org.jswan.control.WhackCommand.SocketBuffer;
import org.jswan.control.WhackCommand.Status;
import org.jswan.control.WhackCommand.ToggleErrorQueue;
import org.jswan.control.WhackCommand.TrafficStatus;
import org.jswan.control.WhackCommand.Unlisten;
import org.jswan.control.WhackCommand.Unroute;
import org.jswan.control.WhackRequest;
import org.jswan.crypto.ChildSuite;
import org.jswan.crypto.IkeSuite;
import org.jswan.exchange.Context;
import org.jswan.exchange.Dispatcher;
import org.jswan.exchange.Initiator;
import org.jswan.exchange.KernelExpiry;
import org.jswan.exchange.Lifecycle;
import org.jswan.exchange.Lifetimes;
import org.jswan.exchange.Liveness;
import org.jswan.exchange.NatKeepalive;
import org.jswan.exchange.NewSas;
import org.jswan.exchange.Revivals;
import org.jswan.exchange.RoutedChildKernel;
import org.jswan.exchange.Row;
import org.jswan.exchange.Streams;
import org.jswan.exchange.Transitions;
import org.jswan.exchange.Transmitter;
import org.jswan.exchange.v2.Cookies;
import org.jswan.exchange.v2.CreateChildInitiator;
import org.jswan.exchange.v2.CreateChildRefusal;
import org.jswan.exchange.v2.CreateChildResponder;
import org.jswan.exchange.v2.DnsKeys;
import org.jswan.exchange.v2.EapAuth;
import org.jswan.exchange.v2.EstablishedExchanges;
import org.jswan.exchange.v2.HalfOpenLimit;
import org.jswan.exchange.v2.IkeAuth;
import org.jswan.exchange.v2.IkeSaInitInitiator;
import org.jswan.exchange.v2.IkeSaInitResponder;
import org.jswan.exchange.v2.Informational;
import org.jswan.exchange.v2.Intermediate;
import org.jswan.exchange.v2.RekeyIke;
import org.jswan.identity.PublicKeyStore;
import org.jswan.identity.SecretStore;
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
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.SaDatabase;
import org.jswan.status.NewestSuites;
import org.jswan.status.SetupFacts;
import org.jswan.status.StateLines;
import org.jswan.status.StatusReport;
import org.jswan.wire.IkeHeader;
import org.jswan.wire.IkeSpi;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.world.World;

/** The daemon without its I/O. All of it runs on one thread, the loop's; nothing that comes from outside makes it throw. */
public final class Pluto implements KernelEvents {
    private static final String VENDOR_ID = "OE-Libreswan-4.11";

    private final PlutoOptions options;
    private final World world;
    private final SecretsSource secretsSource;
    private final ShutdownListener onShutdown;
    private final Logger logger;
    private final SaDatabase sas = new SaDatabase();
    private final ConnectionDatabase connections;
    private final Interfaces interfaces;
    private final Orientation orientation;
    private final PeerNames peerNames;
    private final Routing routing;
    private final Lifecycle lifecycle;
    private final Dispatcher dispatcher;
    private final Streams streams;
    private final Initiator initiator;
    private final KernelExpiry kernelExpiry;
    private final ConnectionCommands connectionCommands;
    private final StateLines stateLines;
    private final StatusReport statusReport;
    private final HalfOpenLimit limit;
    private final GlobalRedirect globalRedirect;
    private final AddressChanges addressChanges;
    private final Adjustments adjustments;
    private final CommandTable commands = new CommandTable();
    private final PrivateKeyRing privateKeys;
    private final HeldCertificates certificates;
    private final Revocation revocation;
    private final PublicKeyStore publicKeys = new PublicKeyStore();
    private SecretStore secrets = SecretStore.empty();
    private boolean shutDown;

    /** Who ends the process once all is torn down. */
    @FunctionalInterface
    public interface ShutdownListener {
        /** @param leaveState whether kernel state and peers were left as they are */
        void shutDown(boolean leaveState);
    }

    public Pluto(PlutoOptions options, World world, SecretsSource secretsSource, ShutdownListener onShutdown) {
        this.options = options;
        this.world = world;
        this.secretsSource = secretsSource;
        this.onShutdown = onShutdown;
        this.logger = world.logger();
        this.connections = new ConnectionDatabase(logger);
        this.interfaces = new Interfaces(world, options);
        this.orientation = new Orientation(connections, interfaces);
        this.peerNames = new PeerNames(world, connections, orientation);
        this.routing = new Routing(connections, world.kernel(), world.scripts());
        this.privateKeys = new PrivateKeyRing(world.helpers(), world.keys());
        this.certificates = new HeldCertificates(world.helpers(), world.keys(), world.clock());
        this.revocation = new Revocation(
                world,
                certificates,
                options.revocation(),
                new ListFetcher(world, certificates, publicKeys::issuers, options.revocation()));
        Relocation relocation = new Relocation(routing, connections, world.kernel());
        RoutedChildKernel childKernel =
                new RoutedChildKernel(world.kernel(), routing, relocation, world.clock(), world.random());
        Transmitter transmitter = new Transmitter(world, sas);
        Instances instances = new Instances(connections, routing);
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
                () -> secrets,
                privateKeys,
                publicKeys,
                certificates,
                revocation,
                options.uniqueIds());
        this.limit = new HalfOpenLimit(sas, options.halfOpen());
        this.globalRedirect = new GlobalRedirect(options.redirect(), logger, limit::demandsCookies);
        Redirections redirections = new Redirections(context, relocation, limit::demandsCookies);
        DnsKeys dnsKeys = new DnsKeys(context);
        IkeAuth auth = new IkeAuth(context, transmitter, dnsKeys, redirections);
        Intermediate intermediate = new Intermediate(auth);
        Bytes vendorId = Bytes.ofUtf8(VENDOR_ID);
        IkeSaInitInitiator initInitiator = new IkeSaInitInitiator(context, intermediate, dnsKeys, vendorId);
        IkeSaInitResponder initResponder = new IkeSaInitResponder(
                context, transmitter, new Cookies(world.random(), world.clock()), limit, globalRedirect, vendorId);
        CreateChildInitiator createChild = new CreateChildInitiator(context, transmitter);
        RekeyIke rekeyIke = new RekeyIke(context, transmitter);
        CreateChildRefusal refusal = new CreateChildRefusal(context, createChild, rekeyIke);
        Informational informational = new Informational(context);
        // The last that a message does not fit is what the log tells of it.
        List<Row> rows = new ArrayList<>(redirections.rows());
        rows.addAll(initResponder.rows());
        rows.addAll(initInitiator.rows());
        rows.addAll(intermediate.rows());
        rows.addAll(auth.rows());
        rows.addAll(new EapAuth(context, auth).rows());
        rows.addAll(new CreateChildResponder(context).rows());
        rows.addAll(createChild.rows());
        rows.addAll(rekeyIke.rows());
        rows.addAll(refusal.rows());
        rows.addAll(informational.rows());
        this.streams = new Streams(world, sas, lifecycle, transmitter, childKernel);
        Transitions transitions = new Transitions(sas, transmitter, lifecycle, lifetimes, streams, initInitiator);
        this.dispatcher = new Dispatcher(world, sas, transmitter, transitions, rows, initResponder, options.ikev1());
        NatKeepalive keepalive = new NatKeepalive(world, sas, options.keepalive());
        transitions.onEstablished(ike -> {
            keepalive.established(ike);
            redirections.established(ike);
        });
        this.initiator =
                new Initiator(context, transitions, transmitter, new EstablishedExchanges(createChild, rekeyIke));
        redirections.onFollow(initiator::beginElsewhere);
        informational.add(redirections);
        new RedirectCommands(sas, lifecycle, transmitter, globalRedirect).register(commands);
        refusal.onHopeless(initiator::replace);
        Revivals revivals = new Revivals(
                context,
                initiator,
                action -> routing.exclusively(release -> {
                    action.run();
                    release.run();
                }));
        refusal.onBusy(revivals::tryLater);
        this.kernelExpiry = new KernelExpiry(sas, lifetimes, initiator, world.impair());
        this.stateLines = new StateLines(sas, childKernel, world.clock());
        this.statusReport = new StatusReport(connections, world.kernel().name(), newestSuites());
        SaCommands saCommands =
                new SaCommands(sas, connections, instances, lifecycle, initiator, revivals, routing, interfaces);
        KeyMaterial keyMaterial = new KeyMaterial(privateKeys, publicKeys, certificates, world.clock());
        this.connectionCommands = new ConnectionCommands(
                connections,
                orientation,
                routing,
                world.kernel(),
                world.helpers(),
                world.resolver(),
                keyMaterial,
                options.ikev1(),
                interfaces::isListening,
                saCommands::endSas);
        saCommands.register(commands);
        new Listening(sas, connections, orientation, routing, lifecycle, interfaces, saCommands, this::loadSecrets)
                .register(commands);
        peerNames.onFound(initiator::initiateAlone);
        initiator.onUnknownPeer(() -> peerNames.lookUp(() -> {}));
        new PeerCommands(sas, lifecycle, lifetimes, initiator, peerNames).register(commands);
        Liveness liveness = new Liveness(world, lifecycle, transmitter, childKernel, saCommands::restartPeer);
        lifetimes.onChildUp(liveness::watch);
        initiator.onDeadPeer(liveness::dead);
        Mobike mobike = new Mobike(world, sas, lifecycle, transmitter, childKernel, relocation, liveness);
        informational.add(mobike);
        this.addressChanges = new AddressChanges(world, sas, childKernel, interfaces::at, mobike);
        this.adjustments = new Adjustments(options.debugging(), world, connections);
        adjustments.register(commands);
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
        revocation.start();
        registerOwn();
    }

    private void registerOwn() {
        commands.slow(
                Add.class,
                (command, request, done) -> connectionCommands.add(command.connection(), asker(request), () -> {
                    peerNames.watch();
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
        commands.on(Unlisten.class, (command, request) -> {
            request.logger().log("no longer listening for IKE messages");
            interfaces.stopListening();
        });
        commands.on(SocketBuffer.class, (command, request) -> {
            // As libreswan: a number past 2^32 loses what does not fit.
            int octets = (int) command.octets();
            interfaces.setSocketOptions(interfaces.socketOptions().withBufferSize(octets));
            request.logger().log("set IKE socket buffer to " + octets);
        });
        commands.on(ToggleErrorQueue.class, (command, request) -> {
            boolean on = !interfaces.socketOptions().errorQueue();
            interfaces.setSocketOptions(interfaces.socketOptions().withErrorQueue(on));
            request.logger().log((on ? "enabling" : "disabling") + " IKE socket MSG_ERRQUEUEs");
        });
        commands.on(Ddos.class, (command, request) -> protect(command.mode(), request.logger()));
        commands.on(RereadSecrets.class, (command, request) -> loadSecrets(request.logger()));
        commands.on(
                TrafficStatus.class, (command, request) -> stateLines.traffic().forEach(line -> request.logger()
                        .whackOnly(RcCode.INFORMATIONAL_TRAFFIC, line)));
        commands.on(
                BriefStatus.class,
                (command, request) -> show(request, stateLines.counts(limit.demandsCookies(), limit.refusesAll())));
        commands.on(Status.class, (command, request) -> show(request, status()));
        commands.on(ShuntStatus.class, (command, request) -> show(request, statusReport.shuntStatus()));
        commands.on(FipsStatus.class, (command, request) -> show(request, statusReport.fipsStatus()));
        commands.on(AddressPoolStatus.class, (command, request) -> show(request, statusReport.addressPools()));
        commands.on(ShowStates.class, (command, request) -> show(request, stateLines.states()));
        commands.on(Shutdown.class, (command, request) -> shutdown(command.leaveState(), request.logger()));
    }

    private NewestSuites newestSuites() {
        return new NewestSuites() {
            @Override
            public Optional<String> ike(SaSerial serial) {
                return sas.find(serial)
                        .map(IkeSa.class::cast)
                        .flatMap(IkeSa::suite)
                        .map(IkeSuite::statusName);
            }

            @Override
            public Optional<String> child(SaSerial serial) {
                return sas.find(serial)
                        .map(ChildSa.class::cast)
                        .flatMap(ChildSa::suite)
                        .map(ChildSuite::statusName);
            }
        };
    }

    private List<String> status() {
        PlutoOptions.SetupStatus status = options.status();
        SetupFacts setup = new SetupFacts(
                status.paths(),
                Version.LIBRESWAN,
                VENDOR_ID,
                status.helpers(),
                options.uniqueIds(),
                options.revocation(),
                status.logAppend(),
                status.logIp(),
                Math.toIntExact(options.keepalive().interval().toSeconds()),
                options.natIkePort(),
                options.listen(),
                options.virtualPrivate(),
                new SetupFacts.Ddos(
                        SetupFacts.DdosMode.valueOf(limit.mode().name()),
                        options.halfOpen().cookiesFrom(),
                        options.halfOpen().refuseFrom()),
                new SetupFacts.Redirect(
                        globalRedirect.mode().toString(),
                        globalRedirect.destinations().toString()),
                options.ikev1(),
                status.lifetimes(),
                interfaces.socketOptions(),
                adjustments.debugging(),
                world.impair().listing());
        return statusReport.status(
                setup,
                interfaces.all(),
                stateLines.counts(limit.demandsCookies(), limit.refusesAll()),
                stateLines.states());
    }

    private void protect(Ddos.Mode asked, Logger speaking) {
        HalfOpenLimit.Mode mode = HalfOpenLimit.Mode.valueOf(asked.name());
        boolean remains = mode == limit.mode();
        limit.setMode(mode);
        speaking.log("pluto DDoS protection "
                + (remains ? "remains in " + mode.text() + " mode" : "mode set to " + mode.text()));
    }

    private static ConnectionCommands.Asker asker(Request request) {
        return new ConnectionCommands.Asker(request.logger(), request.session());
    }

    private static void show(Request request, List<String> lines) {
        lines.forEach(line -> request.logger().whackOnly(RcCode.COMMENT, line));
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
     * fate matters if the message is of one, else to those who asked for more.
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
            ike.get().logger().log(RcCode.COMMENT, report);
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

    private void loadSecrets(Logger speaking) {
        forgetSecrets(speaking::log);
        secrets = secretsSource.load(speaking);
    }

    private void forgetSecrets(Consumer<String> speaking) {
        if (!secrets.entries().isEmpty() || !privateKeys.all().isEmpty()) {
            speaking.accept("forgetting secrets");
        }
        privateKeys.forget();
        secrets.destroy();
        secrets = SecretStore.empty();
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
        forgetSecrets(speaking::logOnly);
        for (Connection c : List.copyOf(connections.all())) {
            lifecycle.endAllOf(c, List.of());
            routing.untrap(c, gone -> {});
        }
        routing.exclusively(done -> {
            done.run();
            interfaces.closeAll(speaking);
            onShutdown.shutDown(false);
        });
    }

    @Override
    public void acquire(Selector source, Selector destination, int requestId) {
        routing.acquire(source, destination, logger).ifPresent(c -> initiator.initiate(c, List.of()));
    }

    @Override
    public void expired(SaId id, boolean hard, SaCounters counters) {
        kernelExpiry.expired(id, hard, counters);
    }

    @Override
    public void mappingChanged(IpAddress destination, int spi, IpAddress newAddress, int newPort) {
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
