// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import static org.jswan.xfrm.Rtnetlink.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.net.RouteListing;
import org.jswan.xfrm.NetlinkReader.Attribute;

/** Reads a route with all that the kernel says about it, attribute by attribute. */
final class RouteEntryReader {
    private final List<String> told = new ArrayList<>();
    private Optional<IpAddress> source = Optional.empty();
    private Optional<IpAddress> preferredSource = Optional.empty();
    private Optional<IpAddress> gateway = Optional.empty();
    private Optional<IpAddress> destination = Optional.empty();
    private OptionalInt priority = OptionalInt.empty();
    private OptionalInt preference = OptionalInt.empty();
    private int interfaceIndex;
    private String cache = "";
    private String owner = "";

    private RouteEntryReader() {}

    /** A route whose interface has a number yet. */
    record Told(RouteEntryReader reader, int table, int interfaceIndex) {
        RouteListing.Entry at(String interfaceName) {
            return new RouteListing.Entry(
                    reader.told,
                    reader.source,
                    reader.preferredSource,
                    reader.gateway,
                    reader.destination,
                    interfaceName,
                    reader.priority,
                    reader.preference,
                    table,
                    reader.cache + reader.owner);
        }
    }

    /** {@code struct rtmsg}: of its 12 octets the fifth is the table; then attributes. */
    static Told read(NetlinkReader in) throws MalformedMessage {
        int table = in.skip(4).u8();
        RouteEntryReader reader = new RouteEntryReader();
        for (Attribute attribute : in.skip(7).allAttributes()) {
            reader.attribute(attribute.type(), attribute.value());
        }
        return new Told(reader, table, reader.interfaceIndex);
    }

    private void attribute(int type, NetlinkReader value) throws MalformedMessage {
        switch (type) {
            case RTA_SRC -> source = address("SRC", value);
            case RTA_PREFSRC -> preferredSource = address("PREFSRC", value);
            case RTA_GATEWAY -> gateway = address("GATEWAY", value);
            case RTA_DST -> destination = address("DST", value);
            case RTA_PRIORITY -> priority = OptionalInt.of(number("PRIORITY", value.u32()));
            case RTA_PREF -> preference = OptionalInt.of(number("PREF", (byte) value.u8()));
            case RTA_TABLE -> number("TABLE", value.u32());
            case RTA_OIF -> interfaceIndex = value.u32();
            case RTA_CACHEINFO -> cache = " +cacheinfo";
            case RTA_UID -> owner = " +uid";
            case RTA_VIA -> gateway = address("VIA", value.skip(2));
            case RTA_MULTIPATH -> firstOfSeveral(value);
            default -> told.add("ignoring RTA type " + type);
        }
    }

    /** {@code struct rtnexthop}: length u16, flags u8, hops u8, ifindex u32, attributes; then the others. */
    private void firstOfSeveral(NetlinkReader hops) throws MalformedMessage {
        told.add("RTA_MULTIPATH, the first:");
        int length = hops.u16();
        interfaceIndex = hops.skip(2).u32();
        for (Attribute attribute : hops.slice(length - 8).allAttributes()) {
            attribute(attribute.type(), attribute.value());
        }
    }

    private Optional<IpAddress> address(String name, NetlinkReader value) throws MalformedMessage {
        IpAddress address = value.wholeAddress();
        told.add("RTA_" + name + "=" + address);
        return Optional.of(address);
    }

    private int number(String name, int number) {
        told.add("RTA_" + name + "=" + number);
        return number;
    }
}
