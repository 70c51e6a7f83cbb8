// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.base.Subnet;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.net.RouteEditor;
import org.jswan.xfrm.NetlinkChannel.RequestException;

/** Routes, addresses, proxied neighbours and rules by rtnetlink, each request as {@code ip(8)} makes it. */
final class RouteChanges implements RouteEditor {
    /** {@code ip(8)} exits so where the kernel refuses, */
    private static final int REFUSED = 2;
    /** and so where it did not ask. */
    private static final int NOT_ASKED = 1;
    /** With the zero at its end. */
    private static final int LONGEST_NAME = 16;

    /** Some twenty milliseconds at most, */
    private static final int LOOKS = 200;
    /** so many nanoseconds each. */
    private static final long PAUSE = 50_000;

    private final NetlinkChannel channel;

    RouteChanges(NetlinkChannel channel) {
        this.channel = channel;
    }

    private record Link(int index, String name, int flags, boolean hasHardwareAddress) {}

    @Override
    public Way way(IpAddress to, Optional<IpAddress> from) throws Refusal {
        int bits = to.family().bits();
        routeHeader(RTM_GETROUTE, 0, to.family(), bits);
        channel.writer().u8(from.isPresent() ? bits : 0).zeros(9);
        channel.writer().attribute(RTA_DST).bytes(to.octets()).end();
        from.ifPresent(address ->
                channel.writer().attribute(RTA_SRC).bytes(address.octets()).end());
        try {
            RouteEntry told = channel.answered(RTM_NEWROUTE, message -> RouteEntry.read(message.payload()));
            return new Way(name(told.interfaceIndex()), told.gateway().isPresent(), told.type() == RTN_LOCAL);
        } catch (RequestException e) {
            throw refused(e);
        }
    }

    @Override
    public Optional<Device> device(String name) throws Refusal {
        return link(name).map(l -> new Device((l.flags() & IFF_POINTOPOINT) != 0, l.hasHardwareAddress()));
    }

    @Override
    public Optional<String> deviceOf(Subnet to) throws Refusal {
        Optional<RouteEntry> found =
                inMainTable(to.family(), message -> RouteEntry.ofMainTable(message.payload(), to.prefixLength())
                        .filter(r -> r.to().orElse(IpAddress.any(to.family())).equals(to.address())));
        return found.isEmpty() ? Optional.empty() : Optional.of(name(found.get().interfaceIndex()));
    }

    @Override
    public boolean isSource(IpAddress address) throws Refusal {
        return inMainTable(address.family(), message -> RouteEntry.sourceInMainTable(message.payload())
                        .filter(address::equals))
                .isPresent();
    }

    /** The table may be long, and is asked about often. */
    private <T> Optional<T> inMainTable(AddressFamily family, NetlinkChannel.Parser<Optional<T>> wanted)
            throws Refusal {
        try {
            return channel.find(
                    () -> {
                        routeHeader(RTM_GETROUTE, Netlink.NLM_F_DUMP, family, 0);
                        channel.writer().zeros(2).u8(RT_TABLE_MAIN).zeros(7);
                    },
                    RTM_NEWROUTE,
                    wanted);
        } catch (RequestException e) {
            if (e.errno().equals("ENOENT")) {
                // There has been no route in it yet.
                return Optional.empty();
            }
            throw refused(e);
        }
    }

    /** What is told of an address: {@code IFA_F_} flags, the first eight of them. */
    private record Found(int prefixLength, int flags, int scope) {}

    @Override
    public boolean hasAddress(IpAddress address, String device, int scope) throws Refusal {
        return find(address, existing(device).index())
                .filter(found -> found.prefixLength() == address.family().bits() && found.scope() == scope)
                .isPresent();
    }

    private Optional<Found> find(IpAddress address, int index) throws Refusal {
        try {
            return channel.find(
                    () -> channel.writer()
                            .message(RTM_GETADDR, Netlink.NLM_F_DUMP)
                            .u8(NetlinkWriter.number(address.family()))
                            .zeros(3)
                            .u32(index),
                    RTM_NEWADDR,
                    message -> found(message.payload(), address, index));
        } catch (RequestException e) {
            throw refused(e);
        }
    }

    /** {@code struct ifaddrmsg}: family u8, prefix length u8, flags u8, scope u8, index u32. */
    private static Optional<Found> found(NetlinkReader in, IpAddress address, int index) throws MalformedMessage {
        int family = in.u8();
        Found found = new Found(in.u8(), in.u8(), in.u8());
        int itsIndex = in.u32();
        return family == NetlinkWriter.number(address.family())
                        && itsIndex == index
                        && InterfaceList.ownAddress(in.attributes())
                                .filter(address::equals)
                                .isPresent()
                ? Optional.of(found)
                : Optional.empty();
    }

    @Override
    public void replaceRoute(ClientRoute route) throws Refusal {
        int index = existing(route.device()).index();
        routeHeader(RTM_NEWROUTE, Netlink.NLM_F_ACK | Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE, route.to());
        int scope = route.gateway().isPresent() ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
        routeEnd(route, index, RTPROT_BOOT, scope, RTN_UNICAST);
    }

    @Override
    public void deleteRoute(ClientRoute route) throws Refusal {
        int index = existing(route.device()).index();
        routeHeader(RTM_DELROUTE, Netlink.NLM_F_ACK, route.to());
        routeEnd(route, index, 0, RT_SCOPE_NOWHERE, 0);
    }

    private void routeHeader(int type, int flags, Subnet to) {
        routeHeader(type, flags, to.family(), to.prefixLength());
    }

    /**
     * {@code struct rtmsg}: family u8, dst_len u8, and what comes then: src_len u8, tos u8, table u8, protocol u8, scope u8,
     * type u8, flags u32.
     */
    private void routeHeader(int type, int flags, AddressFamily family, int prefixLength) {
        channel.writer().message(type, flags).u8(NetlinkWriter.number(family)).u8(prefixLength);
    }

    private void routeEnd(ClientRoute route, int index, int protocol, int scope, int type) throws Refusal {
        NetlinkWriter out = channel.writer();
        out.zeros(2).u8(route.table()).u8(protocol).u8(scope).u8(type).u32(0);
        out.attribute(RTA_DST).bytes(route.to().address().octets()).end();
        route.gateway()
                .ifPresent(hop -> out.attribute(RTA_GATEWAY).bytes(hop.octets()).end());
        route.source()
                .ifPresent(
                        from -> out.attribute(RTA_PREFSRC).bytes(from.octets()).end());
        route.metric()
                .ifPresent(
                        metric -> out.attribute(RTA_PRIORITY).u32((int) metric).end());
        route.mtu().ifPresent(mtu -> {
            out.attribute(RTA_METRICS);
            out.attribute(RTAX_MTU).u32((int) mtu).end();
            out.end();
        });
        out.attribute(RTA_OIF).u32(index).end();
        change();
    }

    @Override
    public void addAddress(IpAddress address, String device, int scope) throws Refusal {
        address(RTM_NEWADDR, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, address, device, scope);
        if (address.family() == AddressFamily.IPV6) {
            awaitSettled(address, device);
        }
    }

    /**
     * The kernel finds a moment later that nobody can have the same IPv6 address as a device without neighbours, and takes
     * it for a source of routes only then.
     */
    private void awaitSettled(IpAddress address, String device) throws Refusal {
        int index = existing(device).index();
        for (int look = 0; look < LOOKS; look++) {
            if (find(address, index)
                    .filter(found -> (found.flags() & IFA_F_TENTATIVE) != 0)
                    .isEmpty()) {
                return;
            }
            LockSupport.parkNanos(PAUSE);
        }
    }

    @Override
    public void deleteAddress(IpAddress address, String device) throws Refusal {
        address(RTM_DELADDR, 0, address, device, 0);
    }

    private void address(int type, int flags, IpAddress address, String device, int scope) throws Refusal {
        int index = existing(device).index();
        NetlinkWriter out = channel.writer().message(type, Netlink.NLM_F_ACK | flags);
        out.u8(NetlinkWriter.number(address.family())).u8(address.family().bits());
        out.u8(0).u8(scope).u32(index);
        out.attribute(IFA_LOCAL).bytes(address.octets()).end();
        out.attribute(IFA_ADDRESS).bytes(address.octets()).end();
        change();
    }

    @Override
    public void addProxy(IpAddress neighbour, String device) throws Refusal {
        proxy(RTM_NEWNEIGH, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, NUD_PERMANENT, neighbour, device);
    }

    @Override
    public void deleteProxy(IpAddress neighbour, String device) throws Refusal {
        proxy(RTM_DELNEIGH, 0, 0, neighbour, device);
    }

    /** {@code struct ndmsg}: family u8, (3), index u32, state u16, flags u8, type u8. */
    private void proxy(int type, int flags, int state, IpAddress neighbour, String device) throws Refusal {
        int index = existing(device).index();
        NetlinkWriter out = channel.writer().message(type, Netlink.NLM_F_ACK | flags);
        out.u8(NetlinkWriter.number(neighbour.family())).zeros(3).u32(index);
        out.u16(state).u8(NTF_PROXY).u8(0);
        out.attribute(NDA_DST).bytes(neighbour.octets()).end();
        change();
    }

    @Override
    public void addRule(MarkRule rule) throws Refusal {
        ruleHeader(RTM_NEWRULE, Netlink.NLM_F_CREATE | Netlink.NLM_F_EXCL, rule, FR_ACT_TO_TBL);
        ruleEnd(rule);
    }

    @Override
    public void deleteRule(MarkRule rule) throws Refusal {
        ruleHeader(RTM_DELRULE, 0, rule, 0);
        ruleEnd(rule);
    }

    /** {@code struct fib_rule_hdr}: family u8, dst_len u8, src_len u8, tos u8, table u8, (2), action u8, flags u32. */
    private void ruleHeader(int type, int flags, MarkRule rule, int action) {
        NetlinkWriter out = channel.writer().message(type, Netlink.NLM_F_ACK | flags);
        out.u8(NetlinkWriter.number(rule.to().family())).u8(rule.to().prefixLength());
        out.zeros(2).u8(rule.table()).zeros(2).u8(action).u32(0);
    }

    private void ruleEnd(MarkRule rule) throws Refusal {
        NetlinkWriter out = channel.writer();
        out.attribute(FRA_PRIORITY).u32(rule.priority()).end();
        out.attribute(FRA_DST).bytes(rule.to().address().octets()).end();
        out.attribute(FRA_FWMARK).u32(rule.mark()).end();
        out.attribute(FRA_FWMASK).u32(rule.mask()).end();
        change();
    }

    private void change() throws Refusal {
        try {
            channel.acknowledged();
        } catch (RequestException e) {
            throw refused(e);
        }
    }

    private Link existing(String name) throws Refusal {
        return link(name).orElseThrow(() -> new Refusal("Cannot find device \"" + name + "\"", NOT_ASKED));
    }

    private Optional<Link> link(String name) throws Refusal {
        byte[] octets = (name + '\0').getBytes(StandardCharsets.UTF_8);
        if (octets.length > LONGEST_NAME) {
            return Optional.empty();
        }
        channel.writer().message(RTM_GETLINK, 0).zeros(16);
        channel.writer().attribute(IFLA_IFNAME).octets(octets).end();
        return answeredLink();
    }

    private String name(int index) throws Refusal {
        channel.writer().message(RTM_GETLINK, 0).zeros(4).u32(index).zeros(8);
        return answeredLink().map(Link::name).orElse("if" + index);
    }

    /** {@code struct ifinfomsg}: family u8, (1), type u16, index u32, flags u32, change u32. */
    private Optional<Link> answeredLink() throws Refusal {
        try {
            return Optional.of(channel.answered(RTM_NEWLINK, message -> {
                NetlinkReader in = message.payload().skip(4);
                int index = in.u32();
                int flags = in.u32();
                Map<Integer, NetlinkReader> attributes = in.skip(4).attributes();
                NetlinkReader name = attributes.get(IFLA_IFNAME);
                NetlinkReader hardware = attributes.get(IFLA_ADDRESS);
                return new Link(
                        index, name == null ? "" : name.text(), flags, hardware != null && hardware.remaining() > 0);
            }));
        } catch (RequestException e) {
            if (e.errno().equals("ENODEV")) {
                return Optional.empty();
            }
            throw refused(e);
        }
    }

    private static Refusal refused(RequestException e) {
        String line;
        if (!e.words().isEmpty()) {
            line = "Error: " + e.words() + (e.words().endsWith(".") ? "" : ".");
        } else {
            line = "RTNETLINK answers: " + e.text();
        }
        Refusal refusal = new Refusal(line, REFUSED);
        refusal.initCause(e);
        return refusal;
    }
}
