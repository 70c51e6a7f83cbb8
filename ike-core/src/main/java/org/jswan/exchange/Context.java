// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Optional;
import java.util.function.Supplier;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.VirtualClients;
import org.jswan.identity.PublicKeyStore;
import org.jswan.identity.SecretStore;
import org.jswan.key.PrivateKeyRing;
import org.jswan.log.LogSink;
import org.jswan.net.IkeSocket;
import org.jswan.net.InterfaceAddress;
import org.jswan.revocation.Revocation;
import org.jswan.routing.Instances;
import org.jswan.sa.SaDatabase;
import org.jswan.world.World;

/**
 * What the handlers of exchanges work with.
 *
 * @param strangers the log for what belongs to no SA
 * @param virtualClients what peers may have as their clients where connections leave it open
 * @param uniqueIds whether an identity is one peer's only
 * @param labelAttribute the number of IKEv1's attribute for security labels
 */
public record Context(
        World world,
        SaDatabase sas,
        ConnectionDatabase connections,
        Instances instances,
        Lifecycle lifecycle,
        Lifetimes lifetimes,
        NewSas newSas,
        ChildKernel kernel,
        NatSockets sockets,
        Supplier<SecretStore> secrets,
        PrivateKeyRing privateKeys,
        PublicKeyStore publicKeys,
        HeldCertificates certificates,
        Revocation revocation,
        LogSink strangers,
        VirtualClients virtualClients,
        boolean uniqueIds,
        int labelAttribute) {

    /** The sockets for NAT traversal. */
    public interface NatSockets {
        /** The one at that address. */
        Optional<IkeSocket> natSocket(InterfaceAddress address);

        /** The UDP port they are bound to. */
        int natPort();
    }
}
