// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pfkey;

import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.kernel.KernelPorts;
import org.jswan.kernel.KernelSa.TrafficSelectors;
import org.jswan.kernel.SaId;
import org.jswan.nativesocket.octets.MalformedMessage;

/**
 * {@code struct sadb_address} with what follows it, RFC 2367 §2.3.3:
 *
 * <pre>
 *  protocol u8 | prefix length u8 | (2) | sockaddr
 * </pre>
 */
final class AddressCodec {
    private AddressCodec() {}

    /** The outer addresses of an SA. */
    static void writeHosts(PfkeyWriter out, SaId id) {
        write(out, Pfkey.SADB_EXT_ADDRESS_SRC, Subnet.host(id.source()), 0, 0);
        write(out, Pfkey.SADB_EXT_ADDRESS_DST, Subnet.host(id.destination()), 0, 0);
    }

    /** What a policy is about. */
    static void writeSelectors(PfkeyWriter out, Selector source, Selector destination) {
        KernelPorts ports = KernelPorts.of(source, destination);
        write(out, Pfkey.SADB_EXT_ADDRESS_SRC, source.subnet(), source.protocol(), ports.source());
        write(out, Pfkey.SADB_EXT_ADDRESS_DST, destination.subnet(), source.protocol(), ports.destination());
    }

    private static void write(PfkeyWriter out, int extension, Subnet subnet, int protocol, int port) {
        out.extension(extension)
                .u8(protocol == 0 ? Pfkey.IPSEC_PROTO_ANY : protocol)
                .u8(subnet.prefixLength())
                .zeros(2)
                .address(subnet.address(), port)
                .end();
    }

    static IpAddress readHost(PfkeyMessage message, int extension, Dialect dialect) throws MalformedMessage {
        return message.extension(extension).skip(4).address(dialect).address();
    }

    /** What a policy is about, see {@link #writeSelectors}. */
    static TrafficSelectors readSelectors(PfkeyMessage message, Dialect dialect) throws MalformedMessage {
        Selector source = readSelector(message, Pfkey.SADB_EXT_ADDRESS_SRC, dialect);
        Selector destination = readSelector(message, Pfkey.SADB_EXT_ADDRESS_DST, dialect);
        return new KernelPorts(source.port(), destination.port())
                .selectors(source.protocol(), source.subnet(), destination.subnet());
    }

    private static Selector readSelector(PfkeyMessage message, int extension, Dialect dialect) throws MalformedMessage {
        PfkeyReader in = message.extension(extension);
        int protocol = in.u8();
        int prefixLength = in.u8();
        PfkeyReader.Endpoint end = in.skip(2).address(dialect);
        if (prefixLength > end.address().family().bits()) {
            throw new MalformedMessage("prefix length " + prefixLength);
        }
        return new Selector(
                new Subnet(end.address().network(prefixLength), prefixLength),
                protocol == Pfkey.IPSEC_PROTO_ANY ? 0 : protocol,
                end.port());
    }

    /** One end of a packet; Linux tells neither its protocol nor its port. */
    static Selector readPacket(PfkeyMessage message, int extension, Dialect dialect) throws MalformedMessage {
        PfkeyReader in = message.extension(extension);
        int protocol = in.u8();
        PfkeyReader.Endpoint end = in.skip(3).address(dialect);
        return new Selector(Subnet.host(end.address()), protocol == Pfkey.IPSEC_PROTO_ANY ? 0 : protocol, end.port());
    }
}
