// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.nativesocket.ErrnoException;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.Linux;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.RouteEditor;
import org.jswan.net.RouteListing;
import org.jswan.net.Whereabouts.Route;
import org.jswan.xfrm.NetlinkChannel.RequestException;

/** Where this machine sends packets to. */
public final class RouteTable implements AutoCloseable {
    /** No route, or one of the kinds unreachable, prohibit and blackhole. */
    private static final Set<String> REFUSING = Set.of("ENETUNREACH", "EHOSTUNREACH", "EACCES", "EINVAL");

    private final NetlinkChannel channel;
    private final InterfaceList interfaces;

    /** @param socket of {@code NETLINK_ROUTE}, not shared with anything else */
    public RouteTable(KernelSocket socket) {
        this(new NetlinkChannel(socket));
    }

    RouteTable(NetlinkChannel channel) {
        this.channel = channel;
        interfaces = new InterfaceList(channel);
    }

    /** Over a netlink socket of its own. */
    public static RouteTable open() throws ErrnoException {
        return new RouteTable(NetlinkSocket.forRequests(Linux.NETLINK_ROUTE));
    }

    /** The interfaces, over the same socket. */
    public InterfaceList interfaces() {
        return interfaces;
    }

    /** The interfaces for IPsec, over the same socket. */
    public KernelInterfaces virtualInterfaces() {
        return new VirtualInterfaceTable(channel, interfaces);
    }

    /** What changes routes and their like, over the same socket. */
    public RouteEditor editor() {
        return new RouteChanges(channel);
    }

    /**
     * The way to {@code destination}, as the kernel would send a packet there now; for {@code 0.0.0.0} and {@code ::} the
     * default route of the main table with the lowest metric. Empty if there is none, or one that refuses.
     */
    public Optional<Route> route(IpAddress destination) throws IOException {
        return destination.isAny() ? defaultRoute(destination.family()) : lookUp(destination);
    }

    private Optional<Route> lookUp(IpAddress destination) throws IOException {
        askWay(destination);
        try {
            RouteEntry entry = channel.answered(RTM_NEWROUTE, message -> RouteEntry.read(message.payload()));
            return complete(entry, entry.source());
        } catch (RequestException e) {
            if (REFUSING.contains(e.errno())) {
                return Optional.empty();
            }
            throw new IOException("route to " + destination + ": " + e.getMessage(), e);
        }
    }

    /**
     * All routes of a family, or the one by which the kernel would send a packet to {@code destination} now.
     *
     * @throws IOException if that cannot be reached, too
     */
    public RouteListing routes(AddressFamily family, Optional<IpAddress> destination) throws IOException {
        try {
            List<RouteEntryReader.Told> told;
            if (destination.isPresent()) {
                askWay(destination.get());
                RouteEntryReader.Told way =
                        channel.answered(RTM_NEWROUTE, message -> RouteEntryReader.read(message.payload()));
                told = List.of(way);
            } else {
                told = channel.dump(() -> askAll(family), RTM_NEWROUTE, m -> RouteEntryReader.read(m.payload()));
            }
            int octets = channel.answerOctets();
            List<RouteListing.Entry> entries = new ArrayList<>();
            Map<Integer, String> names = new HashMap<>();
            for (RouteEntryReader.Told entry : told) {
                int index = entry.interfaceIndex();
                if (!names.containsKey(index)) {
                    names.put(index, interfaces.name(index).orElse(""));
                }
                entries.add(entry.at(names.get(index)));
            }
            return new RouteListing(octets, entries);
        } catch (RequestException e) {
            throw new IOException("listing routes: " + e.getMessage(), e);
        }
    }

    private void askWay(IpAddress destination) {
        channel.writer().message(RTM_GETROUTE, 0);
        header(destination.family(), destination.family().bits());
        channel.writer().attribute(RTA_DST).bytes(destination.octets()).end();
    }

    private void askAll(AddressFamily family) {
        channel.writer().message(RTM_GETROUTE, Netlink.NLM_F_DUMP);
        header(family, 0);
    }

    private void askMain(AddressFamily family) {
        channel.writer().message(RTM_GETROUTE, Netlink.NLM_F_DUMP);
        channel.writer()
                .u8(NetlinkWriter.number(family))
                .zeros(3)
                .u8(RT_TABLE_MAIN)
                .zeros(7);
    }

    private Optional<Route> defaultRoute(AddressFamily family) throws IOException {
        Optional<RouteEntry> best;
        try {
            List<Optional<RouteEntry>> entries = channel.dump(
                    () -> askMain(family), RTM_NEWROUTE, message -> RouteEntry.ofMainTable(message.payload(), 0));
            best = entries.stream()
                    .flatMap(Optional::stream)
                    .filter(e -> e.type() == RTN_UNICAST)
                    .min(Comparator.comparingLong(RouteEntry::metric));
        } catch (RequestException e) {
            if (e.errno().equals("ENOENT")) {
                // There has been no route in that table yet.
                return Optional.empty();
            }
            throw new IOException("listing routes: " + e.getMessage(), e);
        }
        if (best.isEmpty()) {
            return Optional.empty();
        }
        Optional<IpAddress> source = best.get().source();
        if (source.isEmpty() && best.get().gateway().isPresent()) {
            source = lookUp(best.get().gateway().get()).map(Route::source);
        }
        if (source.isEmpty()) {
            source = anyAddress(best.get().interfaceIndex(), family);
        }
        return complete(best.get(), source);
    }

    /** A default route without gateway, as of a point-to-point link, says nothing of the source. */
    private Optional<IpAddress> anyAddress(int interfaceIndex, AddressFamily family) throws IOException {
        Optional<String> name = interfaces.name(interfaceIndex);
        return interfaces.addresses().stream()
                .filter(a -> name.isPresent() && a.interfaceName().equals(name.get()))
                .map(InterfaceAddress::address)
                .filter(a -> a.family() == family)
                .findFirst();
    }

    private Optional<Route> complete(RouteEntry entry, Optional<IpAddress> source) throws IOException {
        Optional<String> name = interfaces.name(entry.interfaceIndex());
        return source.isPresent() && name.isPresent()
                ? Optional.of(new Route(source.get(), entry.gateway(), name.get()))
                : Optional.empty();
    }

    /**
     * {@code struct rtmsg}: family u8, dst_len u8, src_len u8, tos u8, table u8, protocol u8, scope u8, type u8, flags u32.
     */
    private void header(AddressFamily family, int prefixLength) {
        channel.writer().u8(NetlinkWriter.number(family)).u8(prefixLength).zeros(10);
    }

    @Override
    public void close() {
        channel.close();
    }
}
