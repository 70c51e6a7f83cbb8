// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jswan.base.Endpoint;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.TcpMode;
import org.jswan.net.IkeSocket;
import org.jswan.net.IkeStream;
import org.jswan.net.Network;
import org.jswan.net.Transport;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.SaDatabase;
import org.jswan.wire.ExchangeType;
import org.jswan.world.World;

/** The TCP streams that IKE SAs need (RFC 9329): opened before the first message, opened again when they break. */
public final class Streams {
    /** Between two tries to reach a peer again whose stream broke. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final World world;
    private final SaDatabase sas;
    private final Lifecycle lifecycle;
    private final Transmitter transmitter;
    private final ChildKernel kernel;
    private final Set<SaSerial> opening = new HashSet<>();

    public Streams(World world, SaDatabase sas, Lifecycle lifecycle, Transmitter transmitter, ChildKernel kernel) {
        this.world = world;
        this.sas = sas;
        this.lifecycle = lifecycle;
        this.transmitter = transmitter;
        this.kernel = kernel;
    }

    /** Whether a negotiation goes over TCP: always, or because the first try over UDP was not answered. */
    public static boolean isWanted(Connection connection, long attempt) {
        TcpMode mode = connection.config().tcp().mode();
        return mode == TcpMode.ONLY || attempt > 1 && mode == TcpMode.FALLBACK;
    }

    /**
     * Opens a stream for an IKE SA that is about to begin; if there is none to be had, the SA ends.
     *
     * @param hopeless told before it ends; also if it ended before there was a stream
     */
    public void open(IkeSa ike, Runnable ready, Runnable hopeless) {
        open(ike, ike.remote().withPort(ike.connection().config().tcp().remotePort()), ready, hopeless);
    }

    /** As {@link #open}, for an IKE SA that begins anew: its responder has closed the stream that it refused by. */
    void openAnew(IkeSa ike, Runnable ready, Runnable hopeless) {
        open(ike, ike.remote(), ready, () -> {
            if (sas.isAlive(ike)) {
                hopeless.run();
            }
        });
    }

    private void open(IkeSa ike, Endpoint remote, Runnable ready, Runnable hopeless) {
        opening.add(ike.serial());
        world.network().connect(ike.socket().interfaceAddress(), remote, new Network.Connecting() {
            @Override
            public void connected(IkeStream stream) {
                opening.remove(ike.serial());
                if (!sas.isAlive(ike)) {
                    stream.close();
                    hopeless.run();
                    return;
                }
                ike.moveTo(stream, remote);
                ready.run();
            }

            @Override
            public void failed(String why) {
                opening.remove(ike.serial());
                boolean alive = sas.isAlive(ike);
                if (alive) {
                    ike.logger().error(why);
                }
                hopeless.run();
                if (alive) {
                    lifecycle.end(ike, Lifecycle.Notice.NEVER);
                }
            }
        });
    }

    /**
     * A stream broke. SAs in the making end; for established ones another is opened, by the end that opened the one
     * before.
     */
    public void broken(IkeStream stream) {
        for (IkeSa ike : users(stream)) {
            if (!ike.isEstablished() && ike.replaces().isEmpty()) {
                ike.logger().log("the TCP stream to " + ike.remote() + " broke");
                lifecycle.end(ike, Lifecycle.Notice.NEVER);
            }
        }
        if (stream.isOpenedByUs()) {
            reopen(stream);
        }
    }

    /** Whose messages it carries: not those of an SA that has another opened, or is left for another gateway. */
    private List<IkeSa> users(IkeStream stream) {
        return sas.ikeSas().stream()
                .filter(ike -> ike.socket() == stream && !opening.contains(ike.serial()) && !ike.isRedirected())
                .toList();
    }

    private void reopen(IkeStream broken) {
        if (users(broken).isEmpty()) {
            return;
        }
        world.network().connect(broken.interfaceAddress(), broken.remote(), new Network.Connecting() {
            @Override
            public void connected(IkeStream stream) {
                List<IkeSa> users = users(broken);
                if (users.isEmpty()) {
                    stream.close();
                }
                users.forEach(ike -> move(ike, stream, stream.remote()));
                users.forEach(Streams.this::introduce);
            }

            @Override
            public void failed(String why) {
                world.logger().debug(why);
                world.timers().after(AGAIN, "TCP_REOPEN", () -> reopen(broken));
            }
        });
    }

    /** Any message shows the peer which stream is the SA's now; what it did not answer yet is asked again. */
    private void introduce(IkeSa ike) {
        ike.logger().log("opened another TCP stream to " + ike.remote());
        if (ike.window().isRequestOutstanding()) {
            transmitter.repeatRequest(ike);
        } else if (ike.isEstablished()) {
            lifecycle.wish(ike, sa -> transmitter.sendRequest(sa, ExchangeType.INFORMATIONAL, List.of()));
        }
    }

    /** An authentic request came: if by a new stream, the old one broke at the peer's end. */
    void follow(IkeSa ike, Incoming request) {
        if (ike.isEstablished()
                && request.socket() != ike.socket()
                && request.socket().transport() == Transport.TCP) {
            move(ike, request.socket(), request.sender());
        }
    }

    private void move(IkeSa ike, IkeSocket stream, Endpoint remote) {
        ike.moveTo(stream, remote);
        for (ChildSa child : ike.children()) {
            if (child.isEstablished()) {
                // What went wrong is logged; the next break, or the SA's rekeying, is its next chance.
                kernel.move(child, moved -> {});
            }
        }
    }
}
