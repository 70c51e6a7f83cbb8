// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.control.WhackCommand;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.Network;
import org.jswan.net.SocketOptions;
import org.jswan.pluto.Pluto;
import org.jswan.sa.ChildSa;
import org.jswan.sa.Sa;
import org.jswan.sa.State;
import org.jswan.sa.V1State;
import org.jswan.time.TimerQueue;

/** One daemon of a benchmark. All that it does is metered, its helpers' jobs and the formatting of its log included. */
final class BenchHost {
    private final Wire wire;
    private final List<InterfaceAddress> addresses;
    private final Meter meter = new Meter();
    private final CountingKernel kernel = new CountingKernel();
    private final Pluto pluto;
    private String lastLine = "";

    /** A daemon that listens at these addresses. */
    BenchHost(Wire wire, List<IpAddress> addresses) {
        this.wire = wire;
        this.addresses =
                addresses.stream().map(a -> new InterfaceAddress("eth0", a)).toList();
        TimerQueue timers = new TimerQueue(wire.clock());
        wire.add(this, timers);
        pluto = BenchWorld.pluto(wire.clock(), timers, network(), kernel, this::later, line -> lastLine = line);
        whack(new WhackCommand.Listen());
    }

    private void later(Runnable action) {
        wire.post(this, action);
    }

    private Network network() {
        return new Network() {
            @Override
            public List<InterfaceAddress> addresses() {
                return addresses;
            }

            @Override
            public IkeSocket open(InterfaceAddress address, int port, boolean encapsulates, SocketOptions options) {
                BenchSocket socket =
                        new BenchSocket(wire, address, new Endpoint(address.address(), port), encapsulates);
                wire.bind(BenchHost.this, socket);
                return socket;
            }

            @Override
            public Optional<Route> route(IpAddress destination) {
                return Optional.empty();
            }
        };
    }

    void metered(Runnable work) {
        meter.run(work);
    }

    Pluto pluto() {
        return pluto;
    }

    Meter.Cost cost() {
        return meter.total();
    }

    /** Runs a command to its end. */
    void whack(WhackCommand command) {
        run(() -> BenchWorld.whack(pluto, command));
    }

    /** Runs a command to its end; gets how many lines it answered. */
    int lines(WhackCommand command) {
        int[] count = new int[1];
        run(() -> BenchWorld.whack(pluto, command, () -> count[0]++));
        return count[0];
    }

    /** Something happens to the daemon, and all that follows. */
    void run(Runnable event) {
        later(event);
        wire.drain();
    }

    /** When the last SA from a peer was installed, in {@link Meter#nanos}. */
    long lastInboundNanos() {
        return kernel.lastInboundNanos();
    }

    int halfOpen() {
        int count = 0;
        for (Sa sa : pluto.sas()) {
            count += sa.state().category() == State.Category.HALF_OPEN ? 1 : 0;
        }
        return count;
    }

    /** How many Child SAs carry traffic. */
    int established() {
        int count = 0;
        for (Sa sa : pluto.sas()) {
            count += sa instanceof ChildSa child && isUp(child) ? 1 : 0;
        }
        return count;
    }

    /** @throws IllegalStateException if there are not {@code count} IKE SAs and as many Child SAs, all established */
    void expectEstablished(int count) {
        int established = 0;
        for (Sa sa : pluto.sas()) {
            if (sa instanceof ChildSa child ? isUp(child) : sa.state().isEstablished()) {
                established++;
            }
        }
        if (established != 2 * count || pluto.saCount() != 2 * count || kernel.sas() != 2 * count) {
            throw new IllegalStateException(established + " of " + pluto.saCount() + " SAs are established, "
                    + kernel.sas() + " in the kernel, where " + 2 * count + " should be; last line: " + lastLine);
        }
    }

    /** In IKEv1 a responder's SA takes packets before the last message has come. */
    private static boolean isUp(ChildSa child) {
        return child.isEstablished() && child.state() != V1State.QUICK_R1;
    }
}
