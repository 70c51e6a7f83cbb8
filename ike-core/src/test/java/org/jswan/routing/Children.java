// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.crypto.Encr;
import org.jswan.crypto.Integ;
import org.jswan.kernel.IpsecMode;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaId;
import org.jswan.log.Logger;

/** Child SAs as routing gets them, between 192.0.2.1 and 192.0.2.2. */
final class Children {
    private static final IpAddress WEST = IpAddress.of("192.0.2.1");
    private static final IpAddress EAST = IpAddress.of("192.0.2.2");

    private Children() {}

    /** @param number its serial number; its SPIs are 1 and 2 more than that many times 0x100 */
    static ChildInstall of(int number, Connection connection, IpsecMode mode, Logger logger) {
        int base = number * 0x100;
        return new ChildInstall(
                new SaSerial(number),
                logger,
                mode,
                List.of(sa(connection, WEST, EAST, base + 1, false)),
                List.of(sa(connection, EAST, WEST, base + 2, true)),
                false,
                ChildInstall.PeerFacts.NONE);
    }

    private static KernelSa sa(Connection connection, IpAddress from, IpAddress to, int spi, boolean inbound) {
        return new KernelSa(
                new SaId(from, to, IpsecProtocol.ESP, spi),
                inbound,
                IpsecMode.TUNNEL,
                connection.requestId(IpsecProtocol.ESP),
                Optional.of(Encr.AES_GCM_16),
                Secret.copyOf(Bytes.EMPTY),
                Integ.NONE,
                Secret.copyOf(Bytes.EMPTY),
                128,
                false,
                Optional.empty(),
                Optional.empty(),
                KernelSa.Limits.NONE,
                KernelSa.Features.NONE);
    }
}
