// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Endpoint;
import org.jswan.base.IpAddress;
import org.jswan.connection.Orientation;
import org.jswan.exchange.Context;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;
import org.jswan.net.IkePorts;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.net.SocketOptions;
import org.jswan.net.Transport;
import org.jswan.routing.EspOffload;
import org.jswan.world.World;

/** The sockets that IKE is spoken at: two for each address that we listen on. */
public final class Interfaces implements Orientation.Sockets, Context.NatSockets {
    private final World world;
    private final PlutoOptions options;
    private final EspOffload offload;
    private final List<IkeSocket> sockets = new ArrayList<>();
    private boolean listening;
    private SocketOptions socketOptions;

    Interfaces(World world, PlutoOptions options, EspOffload offload) {
        this.world = world;
        this.offload = offload;
        this.options = options;
        this.socketOptions = options.sockets();
    }

    SocketOptions socketOptions() {
        return socketOptions;
    }

    /** For sockets to come. */
    void setSocketOptions(SocketOptions changed) {
        socketOptions = changed;
    }

    /** Whether {@code --listen} was the last to be asked for. */
    public boolean isListening() {
        return listening;
    }

    void stopListening() {
        listening = false;
    }

    /**
     * What is different since the last look.
     *
     * @param added the addresses that sockets were bound at
     * @param gone the sockets whose address is gone, the newest first; they are open until {@link #close}
     */
    record Change(Set<IpAddress> added, List<IkeSocket> gone) {
        private static final Change NONE = new Change(Set.of(), List.of());

        boolean isAny() {
            return !added.isEmpty() || !gone.isEmpty();
        }
    }

    /** From now on we listen: binds sockets at addresses that are new, and tells which addresses are gone. */
    Change look(Logger logger) {
        listening = true;
        List<InterfaceAddress> addresses;
        try {
            addresses = usable();
        } catch (IOException unreadable) {
            logger.log(RcCode.LOG_SERIOUS, "cannot list the interfaces: " + unreadable.getMessage());
            return Change.NONE;
        }
        List<IkeSocket> gone = new ArrayList<>();
        for (IkeSocket socket : all()) {
            if (!addresses.contains(socket.interfaceAddress())) {
                gone.add(socket);
            }
        }
        Set<IpAddress> added = bindNew(addresses, logger);
        for (IkeSocket socket : gone) {
            logger.log(shuttingDown(socket));
        }
        if (sockets.size() == gone.size()) {
            logger.log(RcCode.LOG_SERIOUS, "no public interfaces found");
        }
        return new Change(added, gone);
    }

    void close(List<IkeSocket> gone) {
        sockets.removeAll(gone);
        gone.forEach(IkeSocket::close);
    }

    private Set<IpAddress> bindNew(List<InterfaceAddress> addresses, Logger logger) {
        Set<IpAddress> added = new LinkedHashSet<>();
        List<InterfaceAddress> fresh = addresses.stream()
                .filter(address ->
                        sockets.stream().noneMatch(s -> s.interfaceAddress().equals(address)))
                .toList();
        offload.look(fresh, logger);
        for (InterfaceAddress address : fresh) {
            added.add(address.address());
            if (options.transports().contains(Transport.UDP)) {
                add(address, options.ikePort(), false, logger);
                add(address, options.natIkePort(), true, logger);
            }
            if (options.transports().contains(Transport.TCP)) {
                // As libreswan: whatever the port for NAT traversal is.
                addListener(address, IkePorts.NAT_IKE, logger);
            }
        }
        return added;
    }

    /** The socket at {@code address} with the port of {@code like}; if the address is new, sockets are bound there. */
    Optional<IkeSocket> at(IpAddress address, IkeSocket like) {
        return find(address, like.local().port()).or(() -> {
            try {
                bindNew(usable(), world.logger());
            } catch (IOException unreadable) {
                world.logger().log(RcCode.LOG_SERIOUS, "cannot list the interfaces: " + unreadable.getMessage());
            }
            return find(address, like.local().port());
        });
    }

    private Optional<IkeSocket> find(IpAddress address, int port) {
        return sockets.stream()
                .filter(s -> s.local().equals(new Endpoint(address, port)))
                .findFirst();
    }

    private List<InterfaceAddress> usable() throws IOException {
        List<InterfaceAddress> usable = new ArrayList<>();
        for (InterfaceAddress address : world.network().addresses()) {
            boolean named =
                    options.interfaces().isEmpty() || options.interfaces().contains(address.interfaceName());
            boolean asked = options.listen().map(address.address()::equals).orElse(true);
            if (named && asked && !address.address().isLinkLocal()) {
                usable.add(address);
            }
        }
        return usable;
    }

    private Optional<IkeSocket> add(InterfaceAddress address, int port, boolean encapsulates, Logger logger) {
        return add(() -> world.network().open(address, port, encapsulates, socketOptions), logger);
    }

    private Optional<IkeSocket> addListener(InterfaceAddress address, int port, Logger logger) {
        return add(() -> world.network().listen(address, port, socketOptions), logger);
    }

    /** Binds a socket. */
    private interface Binding {
        IkeSocket bind() throws IOException;
    }

    private Optional<IkeSocket> add(Binding binding, Logger logger) {
        try {
            IkeSocket socket = binding.bind();
            sockets.add(socket);
            logger.log(
                    RcCode.LOG,
                    "adding " + socket.transport() + " interface "
                            + socket.interfaceAddress().interfaceName() + " " + socket.local());
            return Optional.of(socket);
        } catch (IOException refused) {
            logger.log(RcCode.LOG_SERIOUS, "ERROR: " + refused.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Collection<IkeSocket> all() {
        List<IkeSocket> newestFirst = new ArrayList<>(sockets);
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    @Override
    public Optional<IkeSocket> open(IpAddress address, int port, Transport transport, Logger logger) {
        if (!options.transports().contains(transport)) {
            return Optional.empty();
        }
        return sockets.stream()
                .map(IkeSocket::interfaceAddress)
                .filter(a -> a.address().equals(address))
                .findFirst()
                .flatMap(a -> transport == Transport.TCP ? addListener(a, port, logger) : add(a, port, true, logger));
    }

    @Override
    public Optional<IkeSocket> natSocket(InterfaceAddress address) {
        return sockets.stream()
                .filter(s -> s.encapsulates()
                        && s.transport() == Transport.UDP
                        && s.interfaceAddress().equals(address)
                        && s.local().port() == options.natIkePort())
                .findFirst();
    }

    @Override
    public int natPort() {
        return options.natIkePort();
    }

    private static String shuttingDown(IkeSocket socket) {
        return "shutting down interface " + socket.interfaceAddress().interfaceName() + " " + socket.local();
    }

    void closeAll(Logger logger) {
        for (IkeSocket socket : all()) {
            logger.logOnly(shuttingDown(socket));
            socket.close();
        }
        sockets.clear();
    }
}
