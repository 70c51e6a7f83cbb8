// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jswan.auto.AddconnOptions.Flag;
import org.jswan.base.IpAddress;
import org.jswan.config.conf.ConfEnvironment;
import org.jswan.config.conf.ConfException;
import org.jswan.config.conf.ConfFile;
import org.jswan.config.conf.ConfLoader;
import org.jswan.config.conf.ConfLog;
import org.jswan.config.conf.Conn;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.conf.HostType;
import org.jswan.config.conf.Startup;
import org.jswan.config.conf.Values;
import org.jswan.connection.ConnectionRequest;
import org.jswan.control.WhackCommand;
import org.jswan.control.WhackRequest;
import org.jswan.log.RcCode;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Whereabouts;

/** One run of addconn. */
final class Addconn {
    private static final int BAD_FILE = 3;
    private static final int LOWEST_ERROR = 20;
    private static final int ABOVE_ERRORS = 100;

    private static final List<String> TOLD = List.of(
            "modecfgdns",
            "modecfgdomains",
            "modecfgbanner",
            "mark",
            "mark-in",
            "mark-out",
            "vti-interface",
            "redirect-to",
            "accept-redirect-to",
            "esp",
            "ike");

    private final CommandWorld world;
    private final CommandClient client;
    private final AddconnOptions options;
    private final Script script = new Script();
    private final Set<String> added = new HashSet<>();
    private final ConnRequests requests;
    private final String configFile;
    private final String controlSocket;
    private final boolean verbose;
    private DefaultRoutes defaultRoutes;
    private int status;

    Addconn(CommandWorld world, CommandClient client, AddconnOptions options) {
        this.world = world;
        this.client = client;
        this.options = options;
        this.requests = new ConnRequests(this::out, this::err);
        this.configFile = options.config().orElse(world.configFile());
        this.controlSocket = options.controlSocket().orElse(world.controlSocket());
        this.verbose = options.verbosity() > 0;
    }

    private void out(String line) {
        client.out(line + "\n");
    }

    private void err(String line) {
        client.err(line + "\n");
    }

    private void verbose(String text) {
        if (verbose) {
            client.out(text);
        }
    }

    /** What a helper brings back from reading the configuration. */
    private record Loaded(
            Optional<ConfFile> file, Map<String, IpAddress> hosts, List<String> log, Optional<ConfException> failure) {}

    /** Carries it out; {@code done} gets the exit status. */
    void run(IntConsumer done) {
        client.err(options.warnings());
        verbose("opening file: " + configFile + "\n");
        List<InterfaceAddress> interfaces = interfaces();
        world.helpers().submit(() -> load(interfaces), outcome -> {
            Loaded loaded;
            try {
                loaded = outcome.get();
            } catch (Exception e) {
                throw new IllegalStateException("reading " + configFile, e);
            }
            loaded.log().forEach(this::err);
            if (loaded.failure().isPresent()) {
                done.accept(failed(loaded.failure().get()));
                return;
            }
            work(loaded, done);
        });
    }

    private List<InterfaceAddress> interfaces() {
        if (world.network().isEmpty()) {
            return List.of();
        }
        try {
            Whereabouts network = world.network().get();
            return network.addresses();
        } catch (IOException e) {
            err("interfaces: " + e.getMessage());
            return List.of();
        }
    }

    private Loaded load(List<InterfaceAddress> interfaces) {
        List<String> log = new ArrayList<>();
        ConfLog confLog = new ConfLog() {
            @Override
            public void log(String text) {
                log.add(text);
            }

            @Override
            public void debug(String text) {
                if (verbose) {
                    log.add(text);
                }
            }
        };
        if (verbose) {
            log.add("debugging mode enabled");
        }
        ConfEnvironment environment = new ConfEnvironment(
                world.files(), world.resolver(), world.names().get(), interfaces, confLog);
        try {
            ConfFile file = options.has(Flag.CONFIG_SETUP)
                    ? ConfLoader.loadSetup(configFile, environment)
                    : ConfLoader.load(configFile, environment);
            return new Loaded(Optional.of(file), hosts(file), log, Optional.empty());
        } catch (ConfException e) {
            return new Loaded(Optional.empty(), Map.of(), log, Optional.of(e));
        }
    }

    /** The peers' names that {@code %defaultroute} needs. */
    private Map<String, IpAddress> hosts(ConfFile file) {
        Map<String, IpAddress> hosts = new HashMap<>();
        for (Conn conn : file.conns()) {
            host(conn.left(), conn.right(), hosts);
            host(conn.right(), conn.left(), hosts);
        }
        return hosts;
    }

    private void host(ConnEnd end, ConnEnd peer, Map<String, IpAddress> hosts) {
        boolean needed = end.hostType() == HostType.DEFAULT_ROUTE || end.nextHopType() == ConnEnd.NextHop.DEFAULT_ROUTE;
        if (needed && peer.hostType() == HostType.NAME && peer.hostText().isPresent()) {
            world.resolver().lookup(peer.hostText().get()).stream()
                    .filter(a -> a.family() == peer.hostFamily())
                    .findFirst()
                    .ifPresent(a -> hosts.put(peer.hostText().get(), a));
        }
    }

    private int failed(ConfException failure) {
        err(
                failure.isComplete()
                        ? failure.getMessage()
                        : "cannot load config '" + configFile + "': " + failure.getMessage());
        return failure.isComplete() ? 1 : BAD_FILE;
    }

    private void work(Loaded loaded, IntConsumer done) {
        ConfFile file = loaded.file().orElseThrow();
        if (!file.errors().isEmpty()) {
            err("addconn, in config '" + configFile + "', " + file.errors());
        }
        if (options.has(Flag.CHECK_CONFIG)) {
            done.accept(0);
            return;
        }
        Consumer<String> routes = verbose ? this::err : line -> {};
        defaultRoutes = new DefaultRoutes(world.network(), loaded.hosts(), routes);
        if (options.has(Flag.AUTO_ALL)) {
            addAll(file);
        } else {
            verbose("loading named conns:");
            options.names().forEach(name -> script.thenWait(next -> addNamed(file, name, next)));
        }
        script.then(() -> done.accept(finish(file)));
        script.run();
    }

    /** The status behind a number that only counts if it is an error's. */
    private int finish(ConfFile file) {
        Listings listings = new Listings(file, options, client);
        listings.conns();
        if (options.has(Flag.LIST_STACK)) {
            listings.stack();
            return 0;
        }
        if (options.has(Flag.CONFIG_SETUP)) {
            listings.setup(configFile, controlSocket);
            return 0;
        }
        boolean counts = status <= 0 || (status >= LOWEST_ERROR && status < ABOVE_ERRORS);
        return counts ? status & 0xff : 0;
    }

    // ---- --autoall ----

    private void addAll(ConfFile file) {
        verbose("loading all conns according to their auto= settings\n");
        verbose("  Pass #1: Loading auto=add, auto=keep, auto=route and auto=start connections\n");
        for (Conn conn : file.withStartup(Startup.ADD, Startup.ONDEMAND, Startup.KEEP, Startup.START)) {
            script.thenWait(next -> {
                verbose(" " + conn.name() + "\n");
                add(conn, code -> next.run());
            });
        }
        script.thenWait(next -> send(WhackRequest.of(new WhackCommand.Listen()), code -> next.run()));
        script.then(() -> verbose("  Pass #2: Routing auto=route connections\n"));
        for (Conn conn : file.withStartup(Startup.ONDEMAND)) {
            script.thenWait(next -> {
                verbose(" " + conn.name());
                route(conn, next);
            });
        }
        script.then(() -> verbose("  Pass #3: Initiating auto=start connections\n"));
        for (Conn conn : file.withStartup(Startup.START)) {
            script.thenWait(next -> {
                verbose(" " + conn.name());
                WhackRequest up = WhackRequest.of(new WhackCommand.Initiate(name(conn), Optional.empty()));
                send(up.inBackground(), code -> next.run());
            });
        }
        script.then(() -> verbose("\n"));
    }

    private static String name(Conn conn) {
        return conn.name().equals("%auto") ? "conn_0" : conn.name();
    }

    private void route(Conn conn, Runnable next) {
        List<String> names = Family.isOne(conn)
                ? Family.of(conn, this::err).stream()
                        .map(ConnRequests.Member::name)
                        .toList()
                : List.of(name(conn));
        Script each = new Script();
        for (String name : names) {
            each.thenWait(then -> send(WhackRequest.of(new WhackCommand.Route(name)), code -> then.run()));
        }
        each.then(next);
        each.run();
    }

    // ---- names ----

    private void addNamed(ConfFile file, String name, Runnable next) {
        verbose(" " + name + "\n");
        Optional<Conn> found = file.find(name);
        if (found.isEmpty()) {
            status += RcCode.UNKNOWN_NAME.code();
            verbose(" (notfound)\n");
            err("conn '" + name + "': not found (tried aliases)");
            next.run();
            return;
        }
        Conn conn = found.get();
        String said = conn.name().equals(name) ? "" : "alias: " + name + " ";
        if (!conn.isLoaded()) {
            err("\n" + said + "conn " + conn.name() + " did not load properly");
            next.run();
        } else if (!added.add(conn.name())) {
            err("\n" + said + "conn " + conn.name() + " already added");
            next.run();
        } else {
            add(conn, code -> {
                status = code;
                next.run();
            });
        }
    }

    // ---- adding ----

    /** Adds a conn, or each that it stands for until one fails; {@code done} gets what the last reply came to. */
    private void add(Conn conn, IntConsumer done) {
        DefaultRoutes.Ends ends = defaultRoutes.resolve(conn);
        if (!Family.isOne(conn)) {
            add(conn, requests.request(conn, ends, Optional.empty()), done);
            return;
        }
        List<ConnRequests.Member> members = Family.of(conn, this::err);
        Script each = new Script();
        int[] result = {members.isEmpty() ? 1 : 0};
        for (ConnRequests.Member member : members) {
            each.thenWait(then -> {
                if (result[0] != 0) {
                    then.run();
                    return;
                }
                add(conn, requests.request(conn, ends, Optional.of(member)), code -> {
                    result[0] = code;
                    then.run();
                });
            });
        }
        each.then(() -> done.accept(result[0]));
        each.run();
    }

    private void add(Conn conn, Optional<ConnectionRequest> connection, IntConsumer done) {
        if (connection.isEmpty()) {
            done.accept(-1);
            return;
        }
        ConnectionRequest request = connection.get();
        if (verbose) {
            tell(conn, request.name());
        }
        WhackRequest replace =
                WhackRequest.of(new WhackCommand.Delete(request.name(), true), new WhackCommand.Add(request));
        send(replace, code -> {
            if (code != 0) {
                done.accept(code);
                return;
            }
            Optional<List<WhackCommand.Key>> keys = requests.keys(conn);
            if (keys.isEmpty()) {
                done.accept(1);
                return;
            }
            Script each = new Script();
            for (WhackCommand.Key key : keys.get()) {
                each.thenWait(then -> send(WhackRequest.of(key), keyCode -> then.run()));
            }
            each.then(() -> done.accept(0));
            each.run();
        });
    }

    /** The values that the oracle tells of where it is asked to be verbose. */
    private void tell(Conn conn, String name) {
        Values values = conn.values();
        values.givenText("policy-label").ifPresent(label -> err("conn: \"" + name + "\" sec_label=" + label));
        for (String field : TOLD) {
            String shown = field.equals("vti-interface") ? "vti_iface" : field;
            err("conn: \"" + name + "\" " + shown + "="
                    + values.givenText(field).orElse("<unset>"));
        }
    }

    private void send(WhackRequest request, IntConsumer done) {
        if (world.target().isEmpty()) {
            err("connect(pluto_ctl) failed: No such file or directory");
            done.accept(-1);
            return;
        }
        world.target().get().whack(request, new AddconnSession(client, done));
    }
}
