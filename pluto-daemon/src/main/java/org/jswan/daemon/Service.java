// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.accounts.MachineLogins;
import org.jswan.auto.SystemFiles;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.config.secrets.SecretsReader;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.connection.PolicyFiles;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.SecurityModule;
import org.jswan.log.Logger;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.Message;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.NameResolver;
import org.jswan.nss.NssDatabase;
import org.jswan.pluto.Pluto;
import org.jswan.pluto.PlutoOptions;
import org.jswan.random.RandomSource;
import org.jswan.routing.NegotiationShunts;
import org.jswan.status.SetupFacts;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.updown.ScriptRunner;
import org.jswan.updown.stock.StockUpdown;
import org.jswan.world.World;
import org.jswan.xfrm.NetlinkSocket;
import org.jswan.xfrm.RouteEvents;
import org.jswan.xfrm.RouteTable;

/** Pluto in its world: everything that events happen to, from the first to the last. */
final class Service implements AutoCloseable {
    private static final int SIGHUP = 1;
    private static final int SIGUSR1 = 10;
    private static final int SIGTERM = 15;
    /** For what may wait for a disk or a name server. */
    private static final int COMMAND_HELPERS = 2;
    /** For what waits for others' servers. */
    private static final int FETCH_HELPERS = 4;
    /** Modules of PAM may wait for servers for as long as they like. */
    private static final int LOGIN_HELPERS = 16;
    /** So many of the kernel's events before others get their turn. */
    private static final int EVENT_BATCH = 64;

    private final DaemonOptions options;
    private final DaemonLog log;
    private final ControlSocket control;
    private final TimerQueue timers;
    private final Loop loop;
    private final RouteTable routes;
    /** Of the helper that does updown's work alone: it has a socket of its own. */
    private final RouteTable updownRoutes;

    private final KernelStack kernel;
    private final RouteEvents routeEvents;
    private final KernelNetwork network;
    private final HelperPool helpers;
    private final HelperPool commandHelpers;
    private final HelperPool fetchHelpers;
    private final HelperPool loginHelpers;
    private final HelperPool updownHelper;
    private final Pluto pluto;
    private final NameResolver resolver = new SystemResolver();
    private ExitStatus status = ExitStatus.OK;

    Service(DaemonOptions options, Clock clock, DaemonLog log, ControlSocket control, long pid)
            throws Fatal, IOException {
        this.options = options;
        this.log = log;
        this.control = control;
        timers = new TimerQueue(clock);
        loop = new Loop(clock, timers, log);
        StartLog start = new StartLog(log);
        start.begin(options, pid);
        ValidatingDns.complaints(options.dnssec()).forEach(log::log);
        start.testAlgorithms();
        int processors = Runtime.getRuntime().availableProcessors();
        helpers = new HelperPool(loop, HelperPool.count(options.helpers(), processors));
        commandHelpers = new HelperPool(loop, COMMAND_HELPERS);
        fetchHelpers = new HelperPool(loop, FETCH_HELPERS);
        loginHelpers = new HelperPool(loop, LOGIN_HELPERS);
        updownHelper = new HelperPool(loop, 1);
        HelperPool.announce(log, options.helpers(), processors);
        start.kernel(options.protostack());
        SecurityModule security = MachineSecurity.ofThisMachine();
        routes = RouteTable.open();
        updownRoutes = RouteTable.open();
        RandomSource random = new KernelRandom();
        kernel = openKernel(pid, random);
        network = new KernelNetwork(routes, loop, timers, log, options.log().addresses());
        World world = new World(
                clock,
                timers,
                random,
                network,
                kernel.ipsec(),
                security,
                helpers,
                scripts(),
                resolver,
                new ValidatingDns(options.dnssec()),
                new NssDatabase(
                        options.paths().nssdir(),
                        line -> loop.post("NSS", () -> log.log(line)),
                        Path.of(Defaults.libexecdir(), "_import_crl")),
                new WebFetcher(fetchHelpers, options.fetchSource()),
                new MachineLogins(
                        Path.of(options.paths().ipsecdir()),
                        loginHelpers,
                        line -> loop.post("login", () -> log.log(line))),
                log,
                new Impairments());
        pluto = new Pluto(
                plutoOptions(),
                world,
                speaker -> SecretsReader.read(options.paths().secretsFile(), SystemFiles.own(), resolver, speaker::log),
                new PolicyFiles(options.paths().ipsecdir() + "/policies", SystemFiles.own(), new SystemNames()),
                this::end);
        network.deliverTo(new Receiver(), world.impair());
        kernel.watch(loop, pluto);
        routeEvents = watchNetwork();
        start.end(security.mode());
    }

    private ScriptRunner scripts() {
        Map<String, String> environment = scriptEnvironment(System.getenv());
        ScriptRunner processes = new ProcessScripts(loop, environment);
        Path libexec = Path.of(Defaults.libexecdir());
        ShippedUpdown shipped = new ShippedUpdown(
                new ShippedUpdown.Places(
                        Defaults.libexecdir(),
                        Defaults.sbindir(),
                        Defaults.ofInstallation().nssdir()),
                Path.of("/"),
                environment);
        return new StockUpdown(
                processes,
                updownRoutes.editor(),
                new StockUpdown.Setting(
                        shipped::isUntouched,
                        libexec.resolve(ShippedUpdown.XFRM).toString(),
                        updownHelper));
    }

    /** Scripts get our own environment, which the launcher has cleaned, and find the {@code ipsec} that goes with us. */
    static Map<String, String> scriptEnvironment(Map<String, String> own) {
        Map<String, String> environment = new HashMap<>(own);
        String path = environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        if (!List.of(path.split(":")).contains(Defaults.sbindir())) {
            path = Defaults.sbindir() + ":" + path;
        }
        environment.put("PATH", path);
        return environment;
    }

    private int interfaceIndex(String name) {
        try {
            return routes.interfaces().index(name);
        } catch (IOException e) {
            log.log("ERROR: " + e.getMessage());
            return 0;
        }
    }

    private PlutoOptions plutoOptions() {
        DaemonOptions.Paths paths = options.paths();
        return new PlutoOptions(
                options.sockets().interfaces(),
                options.sockets().listen(),
                options.sockets().ikePort(),
                options.sockets().natIkePort(),
                options.sockets().transports(),
                options.sockets().options(),
                options.keepalive(),
                options.halfOpen(),
                options.redirect(),
                options.ikev1(),
                options.uniqueIds(),
                options.labelAttribute(),
                options.revocation(),
                // What is wrong with it was told at the start.
                PrivateNetworks.parse(options.virtualPrivate(), wrong -> {}),
                options.debugging(),
                new NegotiationShunts.Setting(options.lifetimes().shunt(), options.expireShuntInterval()),
                new PlutoOptions.SetupStatus(
                        new SetupFacts.Paths(
                                "/etc",
                                paths.config(),
                                paths.secretsFile(),
                                paths.ipsecdir(),
                                paths.nssdir(),
                                paths.dumpdir(),
                                Optional.empty(),
                                options.dnssec(),
                                Defaults.sbindir(),
                                Defaults.libexecdir()),
                        options.lifetimes(),
                        options.helpers(),
                        options.log().append(),
                        options.log().addresses(),
                        options.nflogAll()));
    }

    /** Answers until it is told to end. */
    ExitStatus run() throws Fatal, ErrnoException {
        forgetTheDead();
        openHoles();
        // It need not hold up whoever waits for the control socket.
        timers.after(Duration.ZERO, "kernel probe", this::reportMissing);
        watchSignals();
        Commands commands = new Commands(new Commands.Setting(
                commandHelpers,
                resolver,
                new SystemNames(),
                network,
                pluto::whack,
                control.path(),
                options.paths().config(),
                log));
        Runnable loaded = pluto.processes().begin(ProcessHandle.current().pid(), "addconn");
        control.serve(loop, timers, log, commands::accept);
        loop.post("start", () -> commands.autoall(loaded));
        Launcher.started(options.log().stderr());
        loop.run();
        if (options.leakDetective() && status == ExitStatus.OK) {
            leaks(pluto.saCount(), timers.pending()).forEach(log::log);
        }
        return status;
    }

    /** What is still held when all should be gone. */
    static List<String> leaks(int sas, int timers) {
        List<String> lines = new ArrayList<>();
        if (sas > 0) {
            lines.add("leak: " + sas + " * SA");
        }
        if (timers > 0) {
            lines.add("leak: " + timers + " * timer");
        }
        lines.add(
                lines.isEmpty()
                        ? "leak detective found no leaks"
                        : "leak detective found " + (sas + timers) + " leaks");
        return lines;
    }

    /** What a daemon that was killed left in the kernel would answer for SAs that nobody keeps any more. */
    private void forgetTheDead() {
        if (control.hasReplaced()) {
            try {
                kernel.ipsec().flush();
                log.log("the pluto before this one died: its IPsec SAs and policies are removed from the kernel");
            } catch (KernelException e) {
                log.log("ERROR: removing the IPsec SAs and policies of a pluto that died: " + e.getMessage());
            }
        }
    }

    private KernelStack openKernel(long pid, RandomSource random) throws Fatal, IOException {
        try {
            return KernelStack.open(
                    options.protostack(),
                    new KernelStack.Setting(
                            pid, random, this::interfaceIndex, routes.virtualInterfaces(), log::log, log::debug));
        } catch (KernelException e) {
            throw unfit(e);
        }
    }

    private void openHoles() throws Fatal {
        try {
            kernel.openHoles();
        } catch (KernelException e) {
            throw unfit(e);
        }
    }

    private Fatal unfit(KernelException e) {
        e.advice().ifPresent(why -> log.log("ERROR: " + why));
        return new Fatal(ExitStatus.KERNEL_FAIL, e.getMessage());
    }

    private void reportMissing() {
        kernel.missing().forEach(missing -> log.log("kernel: " + missing));
    }

    private RouteEvents watchNetwork() throws ErrnoException {
        NetlinkSocket socket = RouteEvents.openSocket();
        RouteEvents events = new RouteEvents(socket, log::log);
        loop.watch(socket.nativeSocket(), Linux.POLLIN, "network event", ready -> {
            try {
                events.deliver(pluto.networkEvents(), EVENT_BATCH);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        return events;
    }

    private void watchSignals() {
        NativeSocket signals = NativeSocket.adopt(Launcher.signalSocket());
        Message message = new Message(1);
        loop.watch(signals, Linux.POLLIN, "signal", ready -> {
            try {
                while (signals.receive(message) > 0) {
                    signal(message.data().get(0));
                }
            } catch (ErrnoException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void signal(int number) {
        switch (number) {
            case SIGTERM -> pluto.shutdown(false, new Logger(log, ""));
            case SIGHUP -> log.log("Pluto ignores SIGHUP -- perhaps you want \"whack --listen\"");
            case SIGUSR1 -> log.reopen();
            default -> throw new IllegalStateException("signal " + number);
        }
    }

    private void end(boolean leaveState) {
        status = leaveState ? ExitStatus.LEAVE_STATE : ExitStatus.OK;
        loop.stop();
    }

    @Override
    public void close() {
        helpers.close();
        commandHelpers.close();
        fetchHelpers.close();
        loginHelpers.close();
        updownHelper.close();
        routeEvents.close();
        kernel.close();
        routes.close();
        updownRoutes.close();
        loop.close();
    }

    private final class Receiver implements DatagramReceiver {
        @Override
        public void datagram(IkeSocket socket, Endpoint sender, Bytes message) {
            pluto.datagram(socket, sender, message);
        }

        @Override
        public void networkError(IkeSocket socket, Bytes rejected, String report) {
            pluto.networkError(rejected, report);
        }

        @Override
        public void streamBroken(IkeStream stream) {
            pluto.streamBroken(stream);
        }
    }
}
