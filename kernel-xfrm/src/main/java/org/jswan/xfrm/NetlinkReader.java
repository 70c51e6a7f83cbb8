// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.octets.MalformedMessage;
import org.jswan.nativesocket.octets.OctetReader;

/** Reads one container of a netlink message, never past its end. Numbers are unsigned and in the kernel's byte order. */
final class NetlinkReader extends OctetReader<NetlinkReader> {
    /** What lies between position and limit; the octets are shared, not copied. */
    NetlinkReader(ByteBuffer octets) {
        super(octets);
    }

    @Override
    protected NetlinkReader self() {
        return this;
    }

    @Override
    protected NetlinkReader over(ByteBuffer octets) {
        return new NetlinkReader(octets);
    }

    Bytes bytes(int count) throws MalformedMessage {
        return Bytes.wrap(octets(count));
    }

    /** A {@code xfrm_address_t}: 16 octets, of which an IPv4 address takes the first four. */
    Bytes xfrmAddress() throws MalformedMessage {
        return bytes(16);
    }

    /** Text to the first zero or the end. */
    String text() throws MalformedMessage {
        String all = bytes(remaining()).utf8();
        int end = all.indexOf('\0');
        return end < 0 ? all : all.substring(0, end);
    }

    /** An address that fills the rest, as rtnetlink has them. */
    IpAddress wholeAddress() throws MalformedMessage {
        if (remaining() != 4 && remaining() != 16) {
            throw new MalformedMessage("address of " + remaining() + " octets");
        }
        return IpAddress.of(bytes(remaining()));
    }

    static IpAddress address(AddressFamily family, Bytes xfrmAddress) {
        return IpAddress.of(xfrmAddress.first(family.octets()));
    }

    static AddressFamily family(int number) throws MalformedMessage {
        return switch (number) {
            case Linux.AF_INET -> AddressFamily.IPV4;
            case Linux.AF_INET6 -> AddressFamily.IPV6;
            default -> throw new MalformedMessage("address family " + number);
        };
    }

    /**
     * The attributes that fill the rest: type, length and value each, aligned to four octets. Of two of a type the last
     * counts, as in the kernel.
     */
    Map<Integer, NetlinkReader> attributes() throws MalformedMessage {
        Map<Integer, NetlinkReader> attributes = new HashMap<>();
        allAttributes().forEach(attribute -> attributes.put(attribute.type(), attribute.value()));
        return attributes;
    }

    /** The first attribute of that type among those that fill the rest, of which nothing is kept. */
    Optional<NetlinkReader> attribute(int wanted) throws MalformedMessage {
        while (remaining() >= Netlink.ATTRIBUTE_HEADER) {
            int length = u16();
            int type = u16() & Netlink.TYPE_MASK;
            if (length < Netlink.ATTRIBUTE_HEADER) {
                throw new MalformedMessage("attribute " + type + " of length " + length);
            }
            if (type == wanted) {
                return Optional.of(slice(length - Netlink.ATTRIBUTE_HEADER));
            }
            skip(length - Netlink.ATTRIBUTE_HEADER);
            skip(Math.min(Netlink.align(length) - length, remaining()));
        }
        return Optional.empty();
    }

    /** @param type without the flags in its upper bits */
    record Attribute(int type, NetlinkReader value) {}

    /** As {@link #attributes}, in their order, each. */
    List<Attribute> allAttributes() throws MalformedMessage {
        List<Attribute> attributes = new ArrayList<>();
        while (remaining() >= Netlink.ATTRIBUTE_HEADER) {
            int length = u16();
            int type = u16() & Netlink.TYPE_MASK;
            if (length < Netlink.ATTRIBUTE_HEADER) {
                throw new MalformedMessage("attribute " + type + " of length " + length);
            }
            attributes.add(new Attribute(type, slice(length - Netlink.ATTRIBUTE_HEADER)));
            skip(Math.min(Netlink.align(length) - length, remaining()));
        }
        return attributes;
    }
}
