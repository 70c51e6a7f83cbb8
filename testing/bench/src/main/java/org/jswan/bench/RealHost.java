// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.control.WhackCommand;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.net.SocketOptions;
import org.jswan.pluto.Pluto;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;

/** A daemon of a benchmark with real UDP sockets and the real clock, without threads; its kernel takes everything. */
final class RealHost {
    private static final Bytes NON_ESP_MARKER = Bytes.of(0, 0, 0, 0);

    private final Selector selector = Selector.open();
    private final Deque<Runnable> mailbox = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final TimerQueue timers;
    private final Pluto pluto;
    private Optional<Consumer<Bytes>> tap = Optional.empty();

    /** @param log told every line of the log */
    RealHost(List<IpAddress> addresses, Consumer<String> log) throws IOException {
        Clock clock = new Clock() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant wall() {
                return Instant.now();
            }
        };
        timers = new TimerQueue(clock);
        List<InterfaceAddress> interfaces =
                addresses.stream().map(a -> new InterfaceAddress("lo", a)).toList();
        pluto = BenchWorld.pluto(clock, timers, network(interfaces), new CountingKernel(), mailbox::add, log);
        whack(new WhackCommand.Listen());
    }

    private Network network(List<InterfaceAddress> addresses) {
        return new Network() {
            @Override
            public List<InterfaceAddress> addresses() {
                return addresses;
            }

            @Override
            public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options)
                    throws IOException {
                Endpoint local = new Endpoint(address.address(), port);
                DatagramChannel channel = DatagramChannel.open();
                channel.bind(socketAddress(local));
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ, new Socket(address, local, encapsulates, channel));
                return (Socket) channel.keyFor(selector).attachment();
            }

            @Override
            public Optional<Route> route(IpAddress destination) {
                return Optional.empty();
            }
        };
    }

    /** From now on told every message before it is sent. */
    void tap(Optional<Consumer<Bytes>> told) {
        tap = told;
    }

    /** Runs a command until it waits for the peer. */
    void whack(WhackCommand command) {
        BenchWorld.whack(pluto, command);
        runPosted();
    }

    /** Waits for a datagram or a timer, at most so long, and handles it. */
    void turn(long nanos) throws IOException {
        OptionalLong deadline = timers.nextDeadline();
        long wait = Math.min(nanos, deadline.isPresent() ? deadline.getAsLong() - System.nanoTime() : nanos);
        if (wait > 0) {
            selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            ((Socket) key.attachment()).receive();
        }
        selector.selectedKeys().clear();
        timers.runDue();
        runPosted();
    }

    private void runPosted() {
        for (Runnable action = mailbox.poll(); action != null; action = mailbox.poll()) {
            action.run();
        }
    }

    private static InetSocketAddress socketAddress(Endpoint of) throws IOException {
        return new InetSocketAddress(
                InetAddress.getByAddress(of.address().octets().toArray()), of.port());
    }

    /** One of its sockets. */
    private final class Socket implements IkeSocket {
        private final InterfaceAddress address;
        private final Endpoint local;
        private final boolean encapsulates;
        private final DatagramChannel channel;

        Socket(InterfaceAddress address, Endpoint local, boolean encapsulates, DatagramChannel channel) {
            this.address = address;
            this.local = local;
            this.encapsulates = encapsulates;
            this.channel = channel;
        }

        void receive() throws IOException {
            for (InetSocketAddress from = next(); from != null; from = next()) {
                byte[] octets = new byte[buffer.remaining()];
                buffer.get(octets);
                Bytes message = Bytes.wrap(octets);
                Endpoint sender =
                        new Endpoint(IpAddress.of(Bytes.wrap(from.getAddress().getAddress())), from.getPort());
                pluto.datagram(this, sender, encapsulates ? message.from(NON_ESP_MARKER.length()) : message);
                runPosted();
            }
        }

        private InetSocketAddress next() throws IOException {
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer.clear());
            buffer.flip();
            return from;
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
        public void send(Endpoint remote, Bytes message) throws IOException {
            tap.ifPresent(told -> told.accept(message));
            ByteBuffer out = (encapsulates ? NON_ESP_MARKER.plus(message) : message).buffer();
            channel.send(out, socketAddress(remote));
        }

        @Override
        public void sendKeepalive(Endpoint remote) {
            throw new IllegalStateException("there is no NAT here");
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
