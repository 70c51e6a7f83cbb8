// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.HashMap;
import java.util.Map;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.simulation.SimNetwork.Datagram;

/** A box that translates the address and ports of one host, as home routers do. */
public final class SimNat {
    private static final int FIRST_PORT = 20_000;

    private final IpAddress inside;
    private final IpAddress outside;
    private final Map<Integer, Integer> outsidePorts = new HashMap<>();
    private final Map<Integer, Integer> insidePorts = new HashMap<>();

    SimNat(IpAddress inside, IpAddress outside) {
        this.inside = inside;
        this.outside = outside;
    }

    /** What comes to that port outside goes to the same port inside, whether or not anything was sent from there. */
    public SimNat forward(int port) {
        map(port, port);
        return this;
    }

    private void map(int insidePort, int outsidePort) {
        outsidePorts.put(insidePort, outsidePort);
        insidePorts.put(outsidePort, insidePort);
    }

    /** A datagram on its way from the host, or another's, which stays as it is. */
    Datagram outward(Datagram datagram) {
        if (!datagram.from().address().equals(inside)) {
            return datagram;
        }
        int port = datagram.from().port();
        if (!outsidePorts.containsKey(port)) {
            map(port, FIRST_PORT + insidePorts.size());
        }
        return new Datagram(new Endpoint(outside, outsidePorts.get(port)), datagram.to(), datagram.octets());
    }

    /** A datagram on its way to the host, or another's; what comes to no port it knows goes nowhere. */
    Datagram inward(Datagram datagram) {
        if (!datagram.to().address().equals(outside)) {
            return datagram;
        }
        Integer port = insidePorts.get(datagram.to().port());
        return port == null ? datagram : new Datagram(datagram.from(), new Endpoint(inside, port), datagram.octets());
    }
}
