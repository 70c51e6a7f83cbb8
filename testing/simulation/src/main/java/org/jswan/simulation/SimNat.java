// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.simulation.SimNetwork.Datagram;

/** A box that translates the addresses and ports of hosts, as home routers do. */
public final class SimNat {
    private static final int FIRST_PORT = 20_000;

    private final IpAddress first;
    private final Set<IpAddress> inside = new HashSet<>();
    private IpAddress outside;
    private final Map<Endpoint, Integer> outsidePorts = new HashMap<>();
    private final Map<Integer, Endpoint> insideEnds = new HashMap<>();

    SimNat(IpAddress inside, IpAddress outside) {
        this.first = inside;
        this.inside.add(inside);
        this.outside = outside;
    }

    /** Another host shares the address outside. */
    public SimNat alsoFor(String otherInside) {
        inside.add(IpAddress.of(otherInside));
        return this;
    }

    /** What comes to that port outside goes to the same port of the first host, whether or not anything was sent from there. */
    public SimNat forward(int port) {
        map(new Endpoint(first, port), port);
        return this;
    }

    /** It starts anew: what hosts inside send next has other ports outside, and those before lead nowhere. */
    public void forget() {
        outsidePorts.clear();
        insideEnds.replaceAll((port, end) -> null);
    }

    /** The same, and it has another address outside. */
    public void renumber(String newOutside) {
        forget();
        outside = IpAddress.of(newOutside);
    }

    private void map(Endpoint end, int outsidePort) {
        outsidePorts.put(end, outsidePort);
        insideEnds.put(outsidePort, end);
    }

    /** A datagram on its way from a host inside, or another's, which stays as it is. */
    Datagram outward(Datagram datagram) {
        if (!inside.contains(datagram.from().address())) {
            return datagram;
        }
        if (!outsidePorts.containsKey(datagram.from())) {
            map(datagram.from(), FIRST_PORT + insideEnds.size());
        }
        return new Datagram(new Endpoint(outside, outsidePorts.get(datagram.from())), datagram.to(), datagram.octets());
    }

    /** A datagram on its way to a host inside, or another's; what comes to no port it knows goes nowhere. */
    Datagram inward(Datagram datagram) {
        Endpoint end = datagram.to().address().equals(outside)
                ? insideEnds.get(datagram.to().port())
                : null;
        return end == null ? datagram : new Datagram(datagram.from(), end, datagram.octets());
    }
}
