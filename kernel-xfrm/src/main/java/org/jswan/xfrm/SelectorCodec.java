// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.xfrm;

import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.kernel.KernelPorts;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * {@code struct xfrm_selector}, 56 octets:
 *
 * <pre>
 *  daddr 16 | saddr 16 | dport be16, mask | sport be16, mask | family u16 | prefixlen_d u8 | prefixlen_s u8 | proto u8 |
 *  (3) | ifindex 4 | user 4
 * </pre>
 */
final class SelectorCodec {
    private static final int EXACT = 0xffff;

    private SelectorCodec() {}

    static void write(NetlinkWriter out, Selector source, Selector destination) {
        KernelPorts ports = KernelPorts.of(source, destination);
        out.xfrmAddress(destination.subnet().address())
                .xfrmAddress(source.subnet().address())
                .be16(ports.destination())
                .be16(ports.destination() == 0 ? 0 : EXACT)
                .be16(ports.source())
                .be16(ports.source() == 0 ? 0 : EXACT)
                .family(destination.family())
                .u8(destination.subnet().prefixLength())
                .u8(source.subnet().prefixLength())
                .u8(source.protocol())
                .zeros(11);
    }

    /** Both ends of a packet, as an acquire has them: addresses in full. */
    record Packet(Selector source, Selector destination) {}

    /** @param family that of the policy: an acquire leaves its own selector's out */
    static Packet readPacket(NetlinkReader in, AddressFamily family) throws MalformedMessage {
        Bytes destination = in.xfrmAddress();
        Bytes source = in.xfrmAddress();
        int destinationPort = in.be16();
        in.skip(2);
        int sourcePort = in.be16();
        in.skip(4);
        int destinationLength = in.u8();
        int sourceLength = in.u8();
        int protocol = in.u8();
        in.skip(11);
        if (sourceLength != family.bits()) {
            throw new MalformedMessage("prefixlen_s " + sourceLength + " invalid");
        }
        if (destinationLength != family.bits()) {
            throw new MalformedMessage("prefixlen_d " + destinationLength + " invalid");
        }
        return new Packet(
                host(NetlinkReader.address(family, source), protocol, sourcePort),
                host(NetlinkReader.address(family, destination), protocol, destinationPort));
    }

    private static Selector host(IpAddress address, int protocol, int port) {
        return new Selector(Subnet.host(address), protocol, port);
    }

    /** As {@link NetlinkReader#family}, as complaints about events have it. */
    static AddressFamily family(int number) throws MalformedMessage {
        try {
            return NetlinkReader.family(number);
        } catch (MalformedMessage e) {
            MalformedMessage named = new MalformedMessage("family " + number + " unknown");
            named.initCause(e);
            throw named;
        }
    }

    /** Passes over a selector to its family. */
    static AddressFamily readFamily(NetlinkReader in) throws MalformedMessage {
        int family = in.skip(40).u16();
        in.skip(14);
        return family(family);
    }
}
