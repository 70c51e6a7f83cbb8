// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import org.jswan.base.IpAddress;

/** What names an SA in the kernel. The SPI is 32 bits, unsigned (an IPCOMP CPI 16). */
public record SaId(IpAddress source, IpAddress destination, IpsecProtocol protocol, int spi) {
    @Override
    public String toString() {
        return protocol.name().toLowerCase(java.util.Locale.ROOT) + "." + Integer.toHexString(spi) + "@" + destination;
    }
}
