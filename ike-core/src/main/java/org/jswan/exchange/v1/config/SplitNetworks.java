// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.config;

import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.WireReader;

/**
 * Networks behind a server of Cisco's kind to which alone packets are to go through the tunnel: 14 octets each. As
 * libreswan, the first that is new takes the place of the connection's client, whatever that was: Quick Mode asks for it.
 * Further ones are told to the user only; libreswan has packets to them leave by the same SA, but takes none from them.
 */
final class SplitNetworks {
    private static final int IPV4_OCTETS = 4;
    private static final String ITEM = "CISCO split item";

    private SplitNetworks() {}

    /** Reads and logs those of one attribute. */
    static void take(IkeSa ike, Bytes value) {
        Logger logger = ike.logger();
        Connection c = ike.connection();
        if (!c.remote().hasClient()) {
            // As libreswan: then there is more behind the peer than the peer, whatever.
            c.remote().assignClient(Selector.of(Subnet.all(AddressFamily.IPV4)));
        }
        for (int at = 0; at < value.length(); at += ConfigAttribute.SPLIT_ITEM) {
            if (value.length() - at < ConfigAttribute.SPLIT_ITEM) {
                String why = WireReader.of(value.from(at), ITEM)
                        .noRoom(ITEM, ConfigAttribute.SPLIT_ITEM)
                        .getMessage();
                logger.log(RcCode.INFORMATIONAL, "ignoring malformed CISCO_SPLIT_INC payload" + why);
                return;
            }
            Bytes item = value.slice(at, ConfigAttribute.SPLIT_ITEM);
            Optional<Subnet> subnet = Subnet.masked(
                    IpAddress.of(item.first(IPV4_OCTETS)), IpAddress.of(item.slice(IPV4_OCTETS, IPV4_OCTETS)));
            if (subnet.isEmpty()) {
                logger.log(RcCode.INFORMATIONAL, "ignoring malformed CISCO_SPLIT_INC subnet: invalid mask");
                return;
            }
            logger.log(RcCode.INFORMATIONAL, "Received subnet " + subnet.get());
            if (!c.remote().addNetwork(subnet.get())) {
                logger.log(RcCode.INFORMATIONAL, "Subnet " + subnet.get() + " already has an spd_route - ignoring");
            }
        }
    }
}
