// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.wire.v2;

import org.jswan.base.AddressFamily;
import org.jswan.base.AddressRange;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.wire.WireException;
import org.jswan.wire.WireReader;
import org.jswan.wire.WireWriter;

/** One traffic selector, RFC 7296 section 3.13.1. */
public sealed interface TrafficSelector {
    int IPV4_ADDR_RANGE = 7;
    int IPV6_ADDR_RANGE = 8;
    int SECLABEL = 10;

    /** 8 bits. */
    int tsType();

    void write(WireWriter out);

    /**
     * A range of addresses and ports:
     *
     * <pre>
     * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
     * |    TS type    |  IP protocol  |        selector length        |
     * |          start port           |           end port            |
     * |                       starting address                        |
     * |                        ending address                         |
     * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
     * </pre>
     *
     * Ports and addresses stand as they came; {@link #isRange} tells whether they are in order.
     *
     * @param protocol 8 bits, 0 for any
     * @param startPort 16 bits; for ICMP the type and code; above the end port for OPAQUE
     * @param endPort 16 bits
     * @param end of the family of {@code start}
     */
    record Addresses(int protocol, int startPort, int endPort, IpAddress start, IpAddress end)
            implements TrafficSelector {
        public Addresses {
            if (start.family() != end.family()) {
                throw new IllegalArgumentException("traffic selector from " + start + " to " + end);
            }
        }

        /** Whether the first address is not past the last. */
        public boolean isRange() {
            return start.compareTo(end) <= 0;
        }

        /**
         * The addresses.
         *
         * @throws IllegalArgumentException unless {@link #isRange}
         */
        public AddressRange range() {
            return new AddressRange(start, end);
        }

        @Override
        public int tsType() {
            return start.family() == AddressFamily.IPV4 ? IPV4_ADDR_RANGE : IPV6_ADDR_RANGE;
        }

        @Override
        public void write(WireWriter out) {
            int at = out.position();
            out.u8(tsType()).u8(protocol).u16(0).u16(startPort).u16(endPort);
            out.bytes(start.octets()).bytes(end.octets());
            out.endStructure(at, 2);
        }
    }

    /**
     * Packets with a security label (draft-ietf-ipsecme-labeled-ipsec), beside their addresses.
     *
     * @param reserved 8 bits, where others have the IP protocol
     * @param octets the label, as it came
     */
    record Label(int reserved, Bytes octets) implements TrafficSelector {
        @Override
        public int tsType() {
            return SECLABEL;
        }

        @Override
        public void write(WireWriter out) {
            int at = out.position();
            out.u8(SECLABEL).u8(reserved).u16(0).bytes(octets);
            out.endStructure(at, 2);
        }
    }

    /**
     * A selector of a type that we cannot read, kept as it came.
     *
     * @param second the octet that is the IP protocol in other types
     * @param body what follows the length
     */
    record Unknown(int tsType, int second, Bytes body) implements TrafficSelector {
        @Override
        public void write(WireWriter out) {
            int at = out.position();
            out.u8(tsType).u8(second).u16(0).bytes(body);
            out.endStructure(at, 2);
        }
    }

    static TrafficSelector read(WireReader payload) throws WireException {
        WireReader in = payload.structure("IKEv2 Traffic Selector Header", 4, 2);
        int type = in.u8();
        int second = in.u8();
        in.u16();
        if (type == SECLABEL) {
            return new Label(second, in.rest());
        }
        if (type != IPV4_ADDR_RANGE && type != IPV6_ADDR_RANGE) {
            return new Unknown(type, second, in.rest());
        }
        int octets = (type == IPV4_ADDR_RANGE ? AddressFamily.IPV4 : AddressFamily.IPV6).octets();
        int startPort = in.u16();
        int endPort = in.u16();
        IpAddress start = IpAddress.of(in.bytes(octets));
        IpAddress end = IpAddress.of(in.bytes(octets));
        in.expectEnd();
        return new Addresses(second, startPort, endPort, start, end);
    }
}
