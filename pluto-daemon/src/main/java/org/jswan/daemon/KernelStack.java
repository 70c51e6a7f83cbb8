// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;
import org.jswan.kernel.KernelIpsec;
import org.jswan.nativesocket.Linux;
import org.jswan.nativesocket.NativeSocket;
import org.jswan.pfkey.Asker;
import org.jswan.pfkey.PfkeyEvents;
import org.jswan.pfkey.PfkeyKernel;
import org.jswan.pfkey.PfkeySocket;
import org.jswan.random.RandomSource;
import org.jswan.xfrm.NetlinkSocket;
import org.jswan.xfrm.XfrmEvents;
import org.jswan.xfrm.XfrmKernel;
import org.jswan.xfrm.XfrmStartup;

/**
 * The kernel's IPsec by one of its interfaces: requests, events, and what is done once at the start.
 *
 * @param ipsec where requests go
 * @param holes lets pass in clear what has to, whatever connections say
 * @param lacking a line for each thing that the running kernel lacks, which it is asked for when this is
 * @param eventSocket to be polled for reading
 */
record KernelStack(
        KernelIpsec ipsec,
        Holes holes,
        Supplier<List<String>> lacking,
        NativeSocket eventSocket,
        Events events,
        Runnable end)
        implements AutoCloseable {
    /** What is made once for all connections. */
    interface Holes {
        void open() throws KernelException;
    }

    /** What comes unasked. */
    interface Events {
        /** Hands over those that wait, at most {@code limit} of them; whether there may be more. */
        boolean deliver(KernelEvents to, int limit) throws IOException;
    }

    /**
     * What they need of the daemon.
     *
     * @param interfaceIndex the index of an interface by its name; 0 if there is none
     * @param interfaces those for {@code ipsec-interface=}
     */
    record Setting(
            long pid,
            RandomSource random,
            ToIntFunction<String> interfaceIndex,
            KernelInterfaces interfaces,
            Consumer<String> log,
            Consumer<String> debug) {}

    /**
     * Opens an interface.
     *
     * @throws KernelException if the kernel has none of that kind
     */
    static KernelStack open(Protostack which, Setting setting) throws KernelException, IOException {
        return switch (which) {
            case XFRM -> xfrm(setting);
            case PFKEYV2 -> pfkey(setting);
        };
    }

    private static KernelStack xfrm(Setting setting) throws KernelException, IOException {
        XfrmStartup startup = new XfrmStartup(Path.of("/proc"));
        startup.requireXfrm();
        XfrmKernel kernel = XfrmKernel.open(setting.interfaceIndex(), setting.interfaces(), setting.debug());
        NetlinkSocket socket = XfrmEvents.openSocket();
        XfrmEvents events = new XfrmEvents(socket, setting.log());
        return new KernelStack(
                kernel,
                () -> startup.passNeighbourDiscovery(kernel, setting.log()),
                () -> kernel.probe().missingProtocols(),
                socket.nativeSocket(),
                events::deliver,
                () -> {
                    events.close();
                    kernel.close();
                });
    }

    private static KernelStack pfkey(Setting setting) throws KernelException {
        Asker asker = Asker.of(setting.pid(), setting.random());
        PfkeySocket socket = PfkeyEvents.openSocket();
        PfkeyEvents events = PfkeyEvents.register(socket, asker, setting.log());
        PfkeyKernel kernel = PfkeyKernel.open(asker, events.supported(), setting.debug());
        return new KernelStack(
                kernel,
                () -> {
                    // As libreswan: it has them in XFRM only.
                },
                kernel::missing,
                socket.nativeSocket(),
                events::deliver,
                () -> {
                    events.close();
                    kernel.close();
                });
    }

    void openHoles() throws KernelException {
        holes.open();
    }

    List<String> missing() {
        return lacking.get();
    }

    /** Has the loop hand over what comes, and what has come already. */
    void watch(Loop loop, KernelEvents to) {
        Delivery delivery = new Delivery(events, loop, to);
        loop.watch(eventSocket, Linux.POLLIN, Delivery.NAME, ready -> delivery.run());
        loop.post(Delivery.NAME, delivery);
    }

    /** Hands over some events at a time; what is left need not make the socket readable again. */
    private static final class Delivery implements Runnable {
        private static final String NAME = "kernel event";
        /** After so many others have their turn. */
        private static final int BATCH = 64;

        private final Events events;
        private final Loop loop;
        private final KernelEvents to;
        private boolean posted;

        Delivery(Events events, Loop loop, KernelEvents to) {
            this.events = events;
            this.loop = loop;
            this.to = to;
        }

        @Override
        public void run() {
            try {
                if (events.deliver(to, BATCH) && !posted) {
                    posted = true;
                    loop.post(NAME, () -> {
                        posted = false;
                        run();
                    });
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
