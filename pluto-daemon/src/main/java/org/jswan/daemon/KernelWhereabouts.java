// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.RouteListing;
import org.jswan.net.Whereabouts;
import org.jswan.xfrm.RouteTable;

/** Addresses and routes by rtnetlink. */
final class KernelWhereabouts implements Whereabouts {
    private final RouteTable routes;

    KernelWhereabouts(RouteTable routes) {
        this.routes = routes;
    }

    @Override
    public List<InterfaceAddress> addresses() throws IOException {
        return ordered(routes.interfaces().addresses());
    }

    /** As libreswan has them: IPv4 addresses against the kernel's order, then IPv6 ones by interface, loopback first. */
    static List<InterfaceAddress> ordered(List<InterfaceAddress> addresses) {
        List<InterfaceAddress> v4 = new ArrayList<>();
        List<InterfaceAddress> v6 = new ArrayList<>();
        for (InterfaceAddress address : addresses) {
            (address.address().family() == AddressFamily.IPV4 ? v4 : v6).add(address);
        }
        Collections.reverse(v4);
        v6.sort(Comparator.comparing((InterfaceAddress on) -> !on.address().isLoopback())
                .thenComparing(InterfaceAddress::interfaceName)
                .thenComparing(InterfaceAddress::address));
        v4.addAll(v6);
        return v4;
    }

    @Override
    public Optional<Route> route(IpAddress destination) throws IOException {
        return routes.route(destination);
    }

    @Override
    public Optional<IpAddress> otherEnd(String interfaceName, AddressFamily family) throws IOException {
        return routes.interfaces().otherEnd(interfaceName, family);
    }

    @Override
    public RouteListing routes(AddressFamily family, Optional<IpAddress> destination) throws IOException {
        return routes.routes(family, destination);
    }
}
