// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.time.Instant;
import java.util.Map;
import org.jswan.certificate.CertificateSet;
import org.jswan.kernel.KernelAbilities;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing.Found;
import org.jswan.log.Logger;
import org.jswan.net.NameResolver;
import org.jswan.pool.AddressPools;

/**
 * What a request for a connection is judged by.
 *
 * @param names knows the names that the request holds: asked on the loop, so it must not go to the network
 * @param keys what private keys there are of those that the request names
 * @param certificates what the database holds, if the request names something of it
 * @param now the calendar time
 * @param kernelName what messages call the kernel's interface
 * @param kernelAbilities what the kernel's interface can do
 * @param proposals knows what proposals come to
 * @param ikev1 whether connections may want IKEv1
 * @param pools those of the other connections
 * @param logger where warnings go, with the connection's prefix
 */
record AddContext(
        NameResolver names,
        Map<Ckaid, Found> keys,
        CertificateSet certificates,
        Instant now,
        String kernelName,
        KernelAbilities kernelAbilities,
        KnownProposals proposals,
        Ikev1Policy ikev1,
        AddressPools pools,
        Logger logger) {}
