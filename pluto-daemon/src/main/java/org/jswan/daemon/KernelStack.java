// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.daemon;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
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

/** The kernel's IPsec by one of its interfaces: requests, events, and what is done once at the start. */
interface KernelStack extends AutoCloseable {
    /** Where requests go. */
    KernelIpsec ipsec();

    /** Lets pass in clear what has to, whatever connections say. */
    void openHoles() throws KernelException;

    /** A line for each thing that the running kernel lacks. */
    List<String> missing();

    /** To be polled for reading; then there is something to {@link #deliver}. */
    NativeSocket eventSocket();

    /** Hands over the events that wait, at most {@code limit} of them. */
    void deliver(KernelEvents events, int limit) throws IOException;

    @Override
    void close();

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
            case XFRM -> new Xfrm(setting);
            case PFKEYV2 -> new Pfkey(setting);
        };
    }

    /** Netlink. */
    final class Xfrm implements KernelStack {
        private final XfrmStartup startup = new XfrmStartup(Path.of("/proc"));
        private final Consumer<String> log;
        private final XfrmKernel kernel;
        private final NetlinkSocket socket;
        private final XfrmEvents events;

        Xfrm(Setting setting) throws KernelException, IOException {
            startup.requireXfrm();
            log = setting.log();
            kernel = XfrmKernel.open(setting.interfaceIndex(), setting.interfaces(), setting.debug());
            socket = XfrmEvents.openSocket();
            events = new XfrmEvents(socket, log);
        }

        @Override
        public KernelIpsec ipsec() {
            return kernel;
        }

        @Override
        public void openHoles() throws KernelException {
            startup.passNeighbourDiscovery(kernel, log);
        }

        @Override
        public List<String> missing() {
            return kernel.probe().missingProtocols();
        }

        @Override
        public NativeSocket eventSocket() {
            return socket.nativeSocket();
        }

        @Override
        public void deliver(KernelEvents to, int limit) throws IOException {
            events.deliver(to, limit);
        }

        @Override
        public void close() {
            events.close();
            kernel.close();
        }
    }

    /** PF_KEY. */
    final class Pfkey implements KernelStack {
        private final PfkeyKernel kernel;
        private final PfkeySocket socket;
        private final PfkeyEvents events;

        Pfkey(Setting setting) throws KernelException {
            kernel = PfkeyKernel.open(setting.pid(), setting.debug());
            socket = PfkeyEvents.openSocket();
            events = PfkeyEvents.register(socket, setting.pid(), setting.log());
        }

        @Override
        public KernelIpsec ipsec() {
            return kernel;
        }

        @Override
        public void openHoles() {
            // As libreswan: it has them in XFRM only.
        }

        @Override
        public List<String> missing() {
            return kernel.missing();
        }

        @Override
        public NativeSocket eventSocket() {
            return socket.nativeSocket();
        }

        @Override
        public void deliver(KernelEvents to, int limit) throws IOException {
            events.deliver(to, limit);
        }

        @Override
        public void close() {
            events.close();
            kernel.close();
        }
    }
}
