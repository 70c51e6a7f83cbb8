// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.net.SocketOptions;

/** The wire between the hosts of a simulation. */
final class SimNetwork {
    /** RFC 3948 §2.3. */
    static final Bytes KEEPALIVE = Bytes.of(0xff);

    private final SimWorld world;
    private final Map<Endpoint, SimSocket> sockets = new HashMap<>();
    private Weather weather = Weather.FAIR;
    private final List<Datagram> captured = new ArrayList<>();
    private Predicate<Datagram> filter = datagram -> true;
    private final List<SocketOptions> madeWith = new ArrayList<>();
    private final List<SimNat> nats = new ArrayList<>();
    private final SimTcp tcp;

    /** What is on its way. */
    record Datagram(Endpoint from, Endpoint to, Bytes octets) {}

    SimNetwork(SimWorld world) {
        this.world = world;
        this.tcp = new SimTcp(world);
    }

    /** The streams between the hosts. */
    SimTcp tcp() {
        return tcp;
    }

    void weather(Weather of) {
        weather = of;
    }

    /** Only datagrams that pass are delivered. */
    void filter(Predicate<Datagram> pass) {
        filter = pass;
    }

    /** All that was sent so far, lost datagrams included, as it was between the NATs. */
    List<Datagram> captured() {
        return captured;
    }

    void add(SimNat nat) {
        nats.add(nat);
    }

    /** Puts a datagram on the wire. */
    void send(Endpoint from, Endpoint to, Bytes octets) {
        Datagram datagram = new Datagram(from, to, octets);
        world.trace(from + " -> " + to + " " + SimWorld.describe(octets));
        for (SimNat nat : nats) {
            datagram = nat.outward(datagram);
        }
        captured.add(datagram);
        if (!filter.test(datagram) || world.chance(weather.loss())) {
            world.trace("   lost");
            return;
        }
        deliverLater(datagram);
        if (world.chance(weather.duplication())) {
            deliverLater(datagram);
        }
    }

    void deliverLater(Datagram sent) {
        long spread = weather.longest().minus(weather.shortest()).toNanos();
        Duration delay = weather.shortest().plusNanos(spread == 0 ? 0 : (long) (world.fraction() * spread));
        world.timers().after(delay, "datagram", () -> {
            Datagram datagram = sent;
            for (SimNat nat : nats) {
                datagram = nat.inward(datagram);
            }
            SimSocket socket = sockets.get(datagram.to());
            if (socket != null && !datagram.octets().equals(KEEPALIVE)) {
                socket.host.datagram(socket, datagram.from(), datagram.octets());
            }
        });
    }

    /** What each socket was made with. */
    List<SocketOptions> madeWith() {
        return madeWith;
    }

    /** The network as one host sees it. */
    Network of(SimHost host) {
        return new Network() {
            @Override
            public List<InterfaceAddress> addresses() {
                return host.addresses().stream()
                        .map(a -> new InterfaceAddress(host.interfaceName(), a))
                        .toList();
            }

            @Override
            public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options) {
                SimSocket socket = new SimSocket(host, address, new Endpoint(address.address(), port), encapsulates);
                sockets.put(socket.local, socket);
                madeWith.add(options);
                return socket;
            }

            @Override
            public IkeSocket listen(InterfaceAddress address, int port, SocketOptions options) {
                return tcp.listen(host, address, port);
            }

            @Override
            public void connect(InterfaceAddress from, Endpoint remote, Connecting outcome) {
                tcp.connect(host, from, remote, outcome);
            }

            @Override
            public Optional<Route> route(IpAddress destination) {
                return host.addresses().stream()
                        .filter(a -> a.family() == destination.family())
                        .findFirst()
                        .map(a -> new Route(a, destination.isAny() ? host.gateway() : Optional.empty(), "eth0"));
            }
        };
    }

    private final class SimSocket implements IkeSocket {
        private final SimHost host;
        private final InterfaceAddress address;
        private final Endpoint local;
        private final boolean encapsulates;

        SimSocket(SimHost host, InterfaceAddress address, Endpoint local, boolean encapsulates) {
            this.host = host;
            this.address = address;
            this.local = local;
            this.encapsulates = encapsulates;
        }

        @Override
        public InterfaceAddress interfaceAddress() {
            return address;
        }

        @Override
        public Endpoint local() {
            return local;
        }

        @Override
        public boolean encapsulates() {
            return encapsulates;
        }

        @Override
        public void send(Endpoint remote, Bytes message) {
            SimNetwork.this.send(local, remote, message);
        }

        @Override
        public void sendKeepalive(Endpoint remote) {
            SimNetwork.this.send(local, remote, KEEPALIVE);
        }

        @Override
        public void close() {
            sockets.remove(local, this);
        }
    }
}
