// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network.Connecting;
import org.jswan.net.Transport;

/**
 * TCP between the hosts of a simulation: nothing is lost or reordered; streams break when they are told to, with what
 * is under way, a message that has come by half included.
 */
final class SimTcp {
    private static final Duration DELAY = Duration.ofMillis(1);
    private static final int FIRST_PORT = 40_000;

    private final SimWorld world;
    private final Map<Endpoint, Listener> listeners = new HashMap<>();
    private final List<Stream> open = new ArrayList<>();
    private int nextPort = FIRST_PORT;
    private int messages;
    private boolean stalled;

    SimTcp(SimWorld world) {
        this.world = world;
    }

    /** How many streams are open, either end counted. */
    int openEnds() {
        return open.size();
    }

    /** How many messages were sent. */
    int messages() {
        return messages;
    }

    /** From now on, or no more, streams take messages and do not deliver them. */
    void stall(boolean on) {
        stalled = on;
    }

    /** All streams break; both ends hear of it. */
    void breakAll() {
        for (Stream stream : List.copyOf(open)) {
            stream.breakOff();
        }
    }

    IkeSocket listen(SimHost host, InterfaceAddress address, int port) {
        Listener listener = new Listener(host, address, new Endpoint(address.address(), port));
        listeners.put(listener.local(), listener);
        return listener;
    }

    void connect(SimHost host, InterfaceAddress from, Endpoint remote, Connecting outcome) {
        Endpoint local = new Endpoint(from.address(), nextPort++);
        world.timers().after(DELAY, "TCP connect", () -> {
            Listener listener = listeners.get(remote);
            if (listener == null) {
                outcome.failed("TCP: connect(7) failed: Connection refused (errno 111)");
                return;
            }
            world.trace(local + " connects to " + remote);
            Stream near = new Stream(host, from, local, remote, true);
            Stream far = new Stream(listener.host(), listener.interfaceAddress(), remote, local, false);
            near.other = far;
            far.other = near;
            open.add(near);
            open.add(far);
            outcome.connected(near);
        });
    }

    private record Listener(SimHost host, InterfaceAddress interfaceAddress, Endpoint local) implements IkeSocket {
        @Override
        public Transport transport() {
            return Transport.TCP;
        }

        @Override
        public boolean encapsulates() {
            return true;
        }

        @Override
        public void send(Endpoint remote, Bytes message) throws IOException {
            throw new IOException("not connected");
        }

        @Override
        public void sendKeepalive(Endpoint remote) throws IOException {
            throw new IOException("not connected");
        }

        @Override
        public void close() {}
    }

    private final class Stream implements IkeStream {
        private final SimHost host;
        private final InterfaceAddress address;
        private final Endpoint local;
        private final Endpoint remote;
        private final boolean openedByUs;
        private Stream other;
        private boolean heard;
        private int holders;

        Stream(SimHost host, InterfaceAddress address, Endpoint local, Endpoint remote, boolean openedByUs) {
            this.host = host;
            this.address = address;
            this.local = local;
            this.remote = remote;
            this.openedByUs = openedByUs;
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
        public Endpoint remote() {
            return remote;
        }

        @Override
        public boolean isOpenedByUs() {
            return openedByUs;
        }

        @Override
        public void hold() {
            holders++;
        }

        @Override
        public void release() {
            if (--holders == 0) {
                close();
            }
        }

        @Override
        public void send(Endpoint to, Bytes message) throws IOException {
            if (!open.contains(this)) {
                throw new IOException("Broken pipe (errno 32)");
            }
            messages++;
            world.trace(local + " => " + remote + " " + SimWorld.describe(message));
            if (!stalled) {
                world.timers().after(DELAY, "TCP message", () -> other.receive(message));
            }
        }

        private void receive(Bytes message) {
            if (!open.contains(this)) {
                return;
            }
            boolean first = !openedByUs && !heard;
            heard = true;
            if (first) {
                hold();
            }
            host.datagram(this, remote, message);
            if (first) {
                release();
            }
        }

        @Override
        public void sendKeepalive(Endpoint to) {
            throw new AssertionError("a stream needs none");
        }

        @Override
        public void close() {
            if (open.remove(this)) {
                world.timers().after(DELAY, "TCP end", other::breakOff);
            }
        }

        private void breakOff() {
            if (open.remove(this)) {
                world.timers().after(DELAY, "TCP end", other::breakOff);
                if (openedByUs || heard) {
                    host.streamBroken(this);
                }
            }
        }
    }
}
