// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.updown.stock;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.net.RouteEditor;
import org.jswan.net.RouteEditor.ClientRoute;
import org.jswan.net.RouteEditor.Device;
import org.jswan.net.RouteEditor.MarkRule;
import org.jswan.net.RouteEditor.Refusal;
import org.jswan.net.RouteEditor.Way;

/** One run: step by step what {@code etc/_updown.xfrm} does, with its complaints. */
final class StockRun {
    /** Looked into by what bears the mark of the tunnel's device. */
    private static final int MARKED_TABLE = 50;

    private static final int MAIN_TABLE = 254;
    private static final int RULE_PRIORITY = 100;
    /** Nobody else's: by it our own addresses are known again. IPv6 has no such scopes. */
    private static final int OWN_SCOPE = 50;

    private static final int GLOBAL_SCOPE = 0;

    private final Job job;
    private final RouteEditor routes;
    private final String name;
    private final Consumer<String> said;
    private final boolean isV6;
    private boolean needsRoute;
    private boolean hasHop;

    /**
     * @param name what the script calls itself
     * @param said gets the lines that the script would say
     */
    StockRun(Job job, RouteEditor routes, String name, Consumer<String> said) {
        this.job = job;
        this.routes = routes;
        this.name = name;
        this.said = said;
        isV6 = job.family() == AddressFamily.IPV6;
    }

    /** Does the work, and says with which status the script would exit. */
    int status() {
        return switch (job.verb()) {
            case PREPARE -> 0;
            case ROUTE -> {
                proxy(true);
                int status = route(true);
                // As libreswan's: what comes last counts, which is something else with IPv4.
                yield job.isV6() ? status : 0;
            }
            case UNROUTE -> {
                route(false);
                proxy(false);
                yield removeSource();
            }
            case UP -> {
                if (!job.isHost()) {
                    addSource();
                }
                yield 0;
            }
            case DOWN -> {
                // A Cisco peer hands out another source address next time: its route must not wait for the unroute.
                if (!job.isV6()
                        && job.source().isPresent()
                        && job.get("PLUTO_IS_PEER_CISCO").equals("1")) {
                    route(false);
                }
                yield 0;
            }
        };
    }

    @FunctionalInterface
    private interface Change {
        void make() throws Refusal;
    }

    /** Complains of what is shown unless it succeeds, or fails with the tolerated message. */
    private int attempt(String label, String tolerated, String shown, Change change) {
        try {
            change.make();
            return 0;
        } catch (Refusal e) {
            if (e.line().startsWith("RTNETLINK answers: " + tolerated)) {
                return 0;
            }
            said.accept(name + ": " + label + " \"" + shown + "\" failed (" + e.line() + ")");
            return e.status();
        }
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws Refusal;
    }

    /** The answer; a refusal is told. */
    private <T> Optional<T> heard(Question<T> question) {
        try {
            return Optional.of(question.ask());
        } catch (Refusal e) {
            said.accept(e.line());
            return Optional.empty();
        }
    }

    /** Whether the peer's client is one address that stands for itself: not the peer, and not a tunnel between two hosts. */
    private boolean isSingleClient() {
        IpAddress client = job.peerClient().address();
        return job.peerClient().isHost()
                && !client.isAny()
                && !client.equals(job.peer())
                && !job.get("PLUTO_MY_CLIENT_NET").equals(job.get("PLUTO_ME"));
    }

    /** Answers for a client that seems to be on a network of ours, and needs a route then. */
    private void proxy(boolean add) {
        if (!isSingleClient()) {
            return;
        }
        IpAddress client = job.peerClient().address();
        String device;
        try {
            Way way = routes.way(client, Optional.empty());
            if (way.hasGateway()
                    || way.isLocal()
                    || !routes.device(way.device())
                            .map(Device::hasHardwareAddress)
                            .orElse(false)) {
                return;
            }
            device = way.device();
        } catch (Refusal e) {
            // Not on a network of ours, then.
            return;
        }
        heard(() -> {
            if (add) {
                routes.addProxy(client, device);
            } else {
                routes.deleteProxy(client, device);
            }
            return client;
        });
        needsRoute |= add;
    }

    /** The routes to the peer's clients. */
    private int route(boolean replace) {
        if (job.has("PLUTO_XFRMI_ROUTE")) {
            if (job.get("PLUTO_PEER_CLIENT").equals(job.get("PLUTO_MY_CLIENT"))) {
                said.accept("leftsubnet == rightsubnet = " + job.get("PLUTO_PEER_CLIENT") + " cannot add route");
            } else {
                needsRoute = true;
            }
        } else if (replace && isRefused(job.peerClient().address())) {
            needsRoute = true;
        }
        needsRoute |= job.source().isPresent() || job.has("PLUTO_MTU");
        hasHop = hasHop();
        Optional<String> device = device(replace);
        // Before there is a route to the clients, who may include the peer.
        Optional<String> plain =
                heard(() -> routes.way(job.nextHop(), Optional.of(job.me()))).map(Way::device);
        if (replace) {
            addSource();
        }
        if (needsRoute) {
            int status = clientRoutes(replace, device);
            if (status != 0) {
                return status;
            }
        }
        return job.has("PLUTO_XFRMI_FWMARK") ? peerRoute(replace, plain) : 0;
    }

    private boolean isRefused(IpAddress to) {
        try {
            routes.way(to, Optional.empty());
            return false;
        } catch (Refusal e) {
            return e.line().startsWith("RTNETLINK answers: No route to host");
        }
    }

    /** A point-to-point device has no next hop, whatever the configuration says. */
    private boolean hasHop() {
        String device = withoutAlias(job.get("PLUTO_INTERFACE"));
        Optional<Device> found = heard(() -> routes.device(device)).flatMap(known -> {
            if (known.isEmpty()) {
                said.accept("Device \"" + device + "\" does not exist.");
            }
            return known;
        });
        return found.filter(Device::isPointToPoint).isEmpty() && !job.nextHop().equals(job.peer());
    }

    /** A default route of ours must win over the one that carries the tunnel, and not replace it: so it comes in parts. */
    private List<String> targets() {
        String client = job.get("PLUTO_PEER_CLIENT");
        return switch (client) {
            case "0.0.0.0/0" -> List.of("0.0.0.0/1", "128.0.0.0/1");
            case "::/0" -> List.of("2000::/3");
            default -> List.of(client);
        };
    }

    private Optional<String> device(boolean replace) {
        if (replace) {
            return heard(() -> routes.way(job.nextHop(), Optional.empty())).map(Way::device);
        }
        if (job.peerClient().prefixLength() == 0) {
            return heard(() -> routes.deviceOf(Subnet.of(targets().get(0)))).flatMap(found -> found);
        }
        return heard(() -> routes.way(job.peerClient().address(), Optional.empty()))
                .map(Way::device);
    }

    private int clientRoutes(boolean replace, Optional<String> found) {
        boolean throughInterface = job.get("PLUTO_XFRMI_ROUTE").equals("yes");
        String device = withoutAlias(
                throughInterface ? job.get("PLUTO_VIRT_INTERFACE") : found.orElse(job.get("PLUTO_INTERFACE")));
        Optional<IpAddress> gateway =
                hasHop && !job.has("PLUTO_XFRMI_ROUTE") ? Optional.of(job.nextHop()) : Optional.empty();
        Optional<IpAddress> source = replace ? job.source() : Optional.empty();
        String options = gateway.map(hop -> "via " + hop).orElse("")
                + (job.has("PLUTO_MTU") ? " mtu " + job.get("PLUTO_MTU") : "")
                + (job.has("PLUTO_METRIC") ? " metric " + job.get("PLUTO_METRIC") : "")
                + "  dev " + device
                + source.map(address -> " src " + address).orElse("");
        for (String target : targets()) {
            ClientRoute route = new ClientRoute(
                    Subnet.of(target),
                    gateway,
                    number("PLUTO_MTU"),
                    number("PLUTO_METRIC"),
                    device,
                    source,
                    MAIN_TABLE);
            int status = change(replace, target + " " + options, route);
            if (status != 0) {
                return status;
            }
        }
        return 0;
    }

    private OptionalLong number(String variable) {
        return job.has(variable) ? OptionalLong.of(Long.parseLong(job.get(variable))) : OptionalLong.empty();
    }

    private int change(boolean replace, String shown, ClientRoute route) {
        return attempt("doroute", "No such process", ip() + " route " + (replace ? "replace " : "del ") + shown, () -> {
            if (replace) {
                routes.replaceRoute(route);
            } else {
                routes.deleteRoute(route);
            }
        });
    }

    /** Keeps the tunnel's own packets, which bear a mark, out of the tunnel's device. */
    private int peerRoute(boolean replace, Optional<String> plain) {
        String device = plain.orElse(job.get("PLUTO_INTERFACE"));
        Optional<IpAddress> gateway = hasHop ? Optional.of(job.nextHop()) : Optional.empty();
        Subnet peer = Subnet.host(job.peer());
        int status = change(
                replace,
                peerText() + gateway.map(hop -> " via " + hop + " ").orElse(" ") + " dev " + device + " table "
                        + MARKED_TABLE,
                new ClientRoute(
                        peer,
                        gateway,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        device,
                        Optional.empty(),
                        MARKED_TABLE));
        if (status != 0) {
            return status;
        }
        String[] mark = job.get("PLUTO_XFRMI_FWMARK").split("/", 2);
        MarkRule rule = new MarkRule(
                RULE_PRIORITY,
                job.peerClient(),
                Integer.parseUnsignedInt(mark[0]),
                Long.decode(mark[1]).intValue(),
                MARKED_TABLE);
        return attempt(
                "doroute",
                "No such process",
                ip() + " rule " + (replace ? "add" : "del") + " prio " + RULE_PRIORITY + " to "
                        + job.get("PLUTO_PEER_CLIENT") + " fwmark " + job.get("PLUTO_XFRMI_FWMARK") + " lookup "
                        + MARKED_TABLE,
                () -> {
                    if (replace) {
                        routes.addRule(rule);
                    } else {
                        routes.deleteRule(rule);
                    }
                });
    }

    private String peerText() {
        return job.get("PLUTO_PEER") + "/" + job.family().bits();
    }

    private String ip() {
        return "ip " + (isV6 ? "-6" : "-4");
    }

    private static String withoutAlias(String device) {
        int colon = device.lastIndexOf(':');
        return colon < 0 ? device : device.substring(0, colon);
    }

    private String sourceDevice() {
        return job.has("PLUTO_XFRMI_ROUTE") ? job.get("PLUTO_VIRT_INTERFACE") : "lo";
    }

    private int scope() {
        return isV6 ? GLOBAL_SCOPE : OWN_SCOPE;
    }

    /** Makes the source address one of this host's, unless it is one. */
    private void addSource() {
        if (job.source().isEmpty()) {
            return;
        }
        IpAddress source = job.source().get();
        if (heard(() -> routes.way(source, Optional.empty()))
                .filter(Way::isLocal)
                .isPresent()) {
            return;
        }
        String device = sourceDevice();
        attempt(
                "addsource",
                "File exists",
                "ip addr add " + source + "/" + job.family().bits() + " dev " + device + " scope "
                        + (isV6 ? "global" : OWN_SCOPE),
                () -> routes.addAddress(source, device, scope()));
    }

    /** Takes the address away again, if it is of our making and no route is left that uses it. MOBIKE moves the tunnel only. */
    private int removeSource() {
        if (job.source().isEmpty() || job.has("PLUTO_MOBIKE_EVENT")) {
            return 0;
        }
        IpAddress source = job.source().get();
        String device = sourceDevice();
        // The script asks the other way round, but the routes may be many.
        boolean isOurs = heard(() -> routes.hasAddress(source, device, scope()) && !routes.isSource(source))
                .orElse(false);
        if (!isOurs) {
            return 0;
        }
        return attempt(
                "delsource",
                "Cannot assign",
                ip() + " addr del " + source + "/" + job.family().bits() + " dev " + device,
                () -> routes.deleteAddress(source, device));
    }
}
