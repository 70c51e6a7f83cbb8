// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.KernelSocket;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.net.InterfaceAddress;
import org.jswan.xfrm.NetlinkChannel.RequestException;

/** This machine's interfaces and their addresses. */
public final class InterfaceList {
    private final NetlinkChannel channel;

    /** @param socket of {@code NETLINK_ROUTE}, not shared with anything else */
    public InterfaceList(KernelSocket socket) {
        this(new NetlinkChannel(socket));
    }

    InterfaceList(NetlinkChannel channel) {
        this.channel = channel;
    }

    /**
     * An interface: its index from 1, name and {@code IFF_} flags.
     *
     * @param xfrmId the number of an interface for IPsec
     */
    record Link(int index, String name, int flags, Optional<Integer> xfrmId) {
        boolean isUsable() {
            return (flags & IFF_UP) != 0 && (flags & IFF_SLAVE) == 0;
        }
    }

    /** @param told the kernel's IFA_ADDRESS: on a point-to-point interface the other end's */
    private record Address(
            int interfaceIndex,
            IpAddress address,
            Optional<IpAddress> told,
            Optional<String> label,
            int flags,
            int scope) {
        boolean isUsable() {
            boolean unsettled = (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) != 0;
            boolean v6 = address.family() == AddressFamily.IPV6;
            return !address.isAny() && !(v6 && (unsettled || scope == RT_SCOPE_LINK));
        }
    }

    /**
     * The addresses of the interfaces that are up and nobody's slaves, IPv4's before IPv6's, each in the order in which the
     * kernel lists them. Without IPv6 addresses of link scope, still tentative or found to be duplicates. An IPv4 address
     * that has a label of its own ({@code eth0:1}) is listed under that.
     */
    public List<InterfaceAddress> addresses() throws IOException {
        Map<Integer, Link> links = new LinkedHashMap<>();
        links().forEach(link -> links.put(link.index(), link));
        List<InterfaceAddress> addresses = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            for (Address address : addresses(family)) {
                Link link = links.get(address.interfaceIndex());
                if (link != null && link.isUsable() && address.isUsable()) {
                    addresses.add(new InterfaceAddress(address.label().orElse(link.name()), address.address()));
                }
            }
        }
        return addresses;
    }

    /** The other end's address on a point-to-point interface; empty on any other. */
    public Optional<IpAddress> otherEnd(String name, AddressFamily family) throws IOException {
        for (Link link : links()) {
            if (link.name().equals(name) && (link.flags() & IFF_POINTOPOINT) != 0) {
                return addresses(family).stream()
                        .filter(address -> address.interfaceIndex() == link.index())
                        .flatMap(address -> address.told().stream())
                        .findFirst();
            }
        }
        return Optional.empty();
    }

    /** The index of the interface of that name; 0 if there is none. */
    public int index(String name) throws IOException {
        return links().stream()
                .filter(link -> link.name().equals(name))
                .mapToInt(Link::index)
                .findFirst()
                .orElse(0);
    }

    /** The name of the interface of that index. */
    Optional<String> name(int index) throws IOException {
        return links().stream()
                .filter(link -> link.index() == index)
                .map(Link::name)
                .findFirst();
    }

    /** {@code struct ifinfomsg}: family u8, (1), type u16, index u32, flags u32, change u32. */
    List<Link> links() throws IOException {
        try {
            return channel.dump(
                    () -> channel.writer()
                            .message(RTM_GETLINK, Netlink.NLM_F_DUMP)
                            .zeros(16),
                    RTM_NEWLINK,
                    message -> {
                        NetlinkReader in = message.payload().skip(4);
                        int index = in.u32();
                        int flags = in.u32();
                        Map<Integer, NetlinkReader> attributes = in.skip(4).attributes();
                        NetlinkReader name = attributes.get(IFLA_IFNAME);
                        return new Link(index, name == null ? "" : name.text(), flags, xfrmId(attributes));
                    });
        } catch (RequestException e) {
            throw new IOException("listing interfaces: " + e.getMessage(), e);
        }
    }

    private static Optional<Integer> xfrmId(Map<Integer, NetlinkReader> link) throws MalformedMessage {
        NetlinkReader info = link.get(IFLA_LINKINFO);
        if (info == null) {
            return Optional.empty();
        }
        Map<Integer, NetlinkReader> attributes = info.attributes();
        NetlinkReader kind = attributes.get(IFLA_INFO_KIND);
        NetlinkReader data = attributes.get(IFLA_INFO_DATA);
        if (kind == null || data == null || !kind.text().equals(VirtualInterfaceTable.KIND)) {
            return Optional.empty();
        }
        NetlinkReader id = data.attributes().get(IFLA_XFRM_IF_ID);
        return id == null ? Optional.empty() : Optional.of(id.u32());
    }

    /** {@code struct ifaddrmsg}: family u8, prefix length u8, flags u8, scope u8, index u32. */
    private List<Address> addresses(AddressFamily family) throws IOException {
        try {
            List<Optional<Address>> addresses = channel.dump(
                    () -> channel.writer()
                            .message(RTM_GETADDR, Netlink.NLM_F_DUMP)
                            .u8(NetlinkWriter.number(family))
                            .zeros(7),
                    RTM_NEWADDR,
                    message -> address(message.payload(), family));
            return addresses.stream().flatMap(Optional::stream).toList();
        } catch (RequestException e) {
            throw new IOException("listing addresses: " + e.getMessage(), e);
        }
    }

    private static Optional<Address> address(NetlinkReader in, AddressFamily family) throws MalformedMessage {
        // A kernel without IPv6 answers with what it has.
        if (in.u8() != NetlinkWriter.number(family)) {
            return Optional.empty();
        }
        int flags = in.skip(1).u8();
        int scope = in.u8();
        int index = in.u32();
        Map<Integer, NetlinkReader> attributes = in.attributes();
        NetlinkReader label = attributes.get(IFA_LABEL);
        Optional<String> name = label == null ? Optional.empty() : Optional.of(label.text());
        Optional<IpAddress> own = ownAddress(attributes);
        boolean two = attributes.containsKey(IFA_LOCAL) && attributes.containsKey(IFA_ADDRESS);
        Optional<IpAddress> told = two ? Optional.of(attributes.get(IFA_ADDRESS).wholeAddress()) : own;
        return own.map(address -> new Address(index, address, told, name, flags, scope));
    }

    /** On a point-to-point interface IFA_ADDRESS is the other end's. */
    static Optional<IpAddress> ownAddress(Map<Integer, NetlinkReader> attributes) throws MalformedMessage {
        NetlinkReader own = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
        return own == null ? Optional.empty() : Optional.of(own.wholeAddress());
    }
}
