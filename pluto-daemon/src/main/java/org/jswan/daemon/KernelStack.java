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
import org.jswan.nativesocket.NativeSocket;
import org.jswan.pfkey.PfkeyEvents;
import org.jswan.pfkey.PfkeyKernel;
import org.jswan.pfkey.PfkeySocket;
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
 * @param eventSocket to be polled for reading; then there is something to {@link #deliver}
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

    /** What comes unasked; see {@link #deliver}. */
    interface Events {
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
        PfkeyKernel kernel = PfkeyKernel.open(setting.pid(), setting.debug());
        PfkeySocket socket = PfkeyEvents.openSocket();
        PfkeyEvents events = PfkeyEvents.register(socket, setting.pid(), setting.log());
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

    /**
     * Hands over the events that wait, at most {@code limit} of them.
     *
     * @return whether there may be more
     */
    boolean deliver(KernelEvents to, int limit) throws IOException {
        return events.deliver(to, limit);
    }

    @Override
    public void close() {
        end.run();
    }
}
