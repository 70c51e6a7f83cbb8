// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Instant;
import java.util.Map;
import org.jswan.certificate.CertificateSet;
import org.jswan.impair.Impairments;
import org.jswan.kernel.KernelAbilities;
import org.jswan.log.Logger;
import org.jswan.net.NameResolver;

/** Connections for tests, without keys, certificates and names to look up. */
public final class LoadedConnections {
    private LoadedConnections() {}

    /** Not oriented yet. */
    public static Connection add(
            ConnectionDatabase connections, ConnectionRequest request, String kernelName, Logger logger) {
        try {
            ConnectionConfig config = ConnectionConfig.of(
                    request,
                    new AddContext(
                            NameResolver.NONE,
                            Map.of(),
                            CertificateSet.EMPTY,
                            Instant.EPOCH,
                            kernelName,
                            KernelAbilities.ALL,
                            new KnownProposals(algorithm -> true, new Impairments()),
                            Ikev1Policy.DROP,
                            connections.pools(),
                            logger));
            return connections.add(connections.nextSerial(), config);
        } catch (ConnectionRefused e) {
            throw new AssertionError(e);
        }
    }
}
