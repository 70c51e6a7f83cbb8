// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.auto;

import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.config.conf.ConnEnd;
import org.jswan.config.conf.HostType;

/** Where an end lives and its gateway, as far as they are known: what is configured, or what it was resolved to. */
record EndRoute(HostType type, Optional<IpAddress> address, ConnEnd.NextHop nextHopType, Optional<IpAddress> nextHop) {
    static EndRoute configured(ConnEnd end) {
        return new EndRoute(end.hostType(), end.address(), end.nextHopType(), end.nextHop());
    }

    EndRoute withGateway(IpAddress gateway) {
        return new EndRoute(type, address, ConnEnd.NextHop.ADDRESS, Optional.of(gateway));
    }

    EndRoute withAddress(IpAddress source) {
        return new EndRoute(HostType.ADDRESS, Optional.of(source), nextHopType, nextHop);
    }
}
