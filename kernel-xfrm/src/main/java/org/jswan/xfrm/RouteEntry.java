// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.util.Map;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * A route as the kernel tells of it; of several ways the first.
 *
 * @param prefixLength of where it leads to
 * @param type {@link Rtnetlink}'s {@code RTN_}
 * @param metric the lowest wins
 * @param to empty for a default route
 * @param source which address packets get that go by it
 * @param gateway may be of the other family
 * @param interfaceIndex 0 if there is none
 */
record RouteEntry(
        int prefixLength,
        int table,
        int type,
        long metric,
        Optional<IpAddress> to,
        Optional<IpAddress> source,
        Optional<IpAddress> gateway,
        int interfaceIndex) {
    /**
     * {@code struct rtmsg}: family u8, dst_len u8, src_len u8, tos u8, table u8, protocol u8, scope u8, type u8, flags u32;
     * then attributes.
     */
    static RouteEntry read(NetlinkReader in) throws MalformedMessage {
        return read(in, in.skip(1).u8());
    }

    /** A route of the main table that leads to a network of that prefix length; of any other little is read. */
    static Optional<RouteEntry> ofMainTable(NetlinkReader in, int prefixLength) throws MalformedMessage {
        return in.skip(1).u8() == prefixLength
                ? Optional.of(read(in, prefixLength)).filter(route -> route.table() == RT_TABLE_MAIN)
                : Optional.empty();
    }

    /** The source address of a route of the main table; nothing else is read. */
    static Optional<IpAddress> sourceInMainTable(NetlinkReader in) throws MalformedMessage {
        boolean isMain = in.skip(4).u8() == RT_TABLE_MAIN;
        return isMain ? address(in.skip(7).attribute(RTA_PREFSRC).orElse(null)) : Optional.empty();
    }

    private static RouteEntry read(NetlinkReader in, int prefixLength) throws MalformedMessage {
        int table = in.skip(2).u8();
        int type = in.skip(2).u8();
        Map<Integer, NetlinkReader> attributes = in.skip(4).attributes();
        NetlinkReader longTable = attributes.get(RTA_TABLE);
        NetlinkReader metric = attributes.get(RTA_PRIORITY);
        NetlinkReader index = attributes.get(RTA_OIF);
        Optional<IpAddress> gateway = gateway(attributes);
        int interfaceIndex = index == null ? 0 : index.u32();
        NetlinkReader hops = attributes.get(RTA_MULTIPATH);
        if (hops != null) {
            // struct rtnexthop: length u16, flags u8, hops u8, ifindex u32, attributes: the first of several ways
            int length = hops.u16();
            interfaceIndex = hops.skip(2).u32();
            gateway = gateway(hops.slice(length - 8).attributes());
        }
        return new RouteEntry(
                prefixLength,
                longTable == null ? table : longTable.u32(),
                type,
                metric == null ? 0 : Integer.toUnsignedLong(metric.u32()),
                address(attributes.get(RTA_DST)),
                address(attributes.get(RTA_PREFSRC)),
                gateway,
                interfaceIndex);
    }

    /** {@code struct rtvia}: family u16, address. */
    private static Optional<IpAddress> gateway(Map<Integer, NetlinkReader> attributes) throws MalformedMessage {
        NetlinkReader via = attributes.get(RTA_VIA);
        return via == null ? address(attributes.get(RTA_GATEWAY)) : address(via.skip(2));
    }

    private static Optional<IpAddress> address(NetlinkReader value) throws MalformedMessage {
        return value == null ? Optional.empty() : Optional.of(value.wholeAddress());
    }
}
