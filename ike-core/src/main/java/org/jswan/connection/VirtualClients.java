// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.config.value.PrivateNetworks;
import org.jswan.log.Logger;
import org.jswan.log.RcCode;

/** Decides what clients peers may have where connections leave it open ({@link VirtualNetwork}). */
public final class VirtualClients {
    private final ConnectionDatabase connections;
    private final PrivateNetworks setting;
    private final String kernelName;

    /**
     * @param setting of {@code virtual-private=}
     * @param kernelName what messages call the kernel's interface
     */
    public VirtualClients(ConnectionDatabase connections, PrivateNetworks setting, String kernelName) {
        this.connections = connections;
        this.setting = setting;
        this.kernelName = kernelName;
    }

    /** Why the connection does not let a peer have that client; empty if it does, or leaves nothing open. */
    public Optional<String> objection(Connection connection, Selector client, IpAddress peer) {
        return connection
                .remote()
                .virtualNetwork()
                .flatMap(virtual -> virtual.objection(client.subnet(), peer, setting, connection.logger()));
    }

    /**
     * Whether another peer has that client, or may have it: the kernel cannot tell two of them apart. The log says who.
     *
     * @param isAnothers which connections are not of the peer that wants it
     * @param asking of the connection by which the peer came
     */
    public boolean isUsedByAnother(Selector client, Predicate<Connection> isAnothers, Logger asking) {
        for (Connection other : connections.newestFirst()) {
            Optional<Selector> theirs = other.remote().client();
            boolean open = other.kind() == ConnectionKind.TEMPLATE
                    && other.remote().config().client().subnet().isEmpty();
            boolean concerned = other.kind() != ConnectionKind.GROUP && !open;
            if (concerned
                    && theirs.filter(t -> t.contains(client) || client.contains(t))
                            .isPresent()
                    && isAnothers.test(other)) {
                asking.log(
                        RcCode.LOG_SERIOUS,
                        "peer Virtual IP " + client.subnet() + " overlapping "
                                + theirs.get().subnet() + " from " + other
                                + " is not supported by the kernel interface " + kernelName);
                return true;
            }
        }
        return false;
    }
}
