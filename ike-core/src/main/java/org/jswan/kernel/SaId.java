// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.kernel;

import org.jswan.base.AddressFamily;
import org.jswan.base.IpAddress;

/** What names an SA in the kernel. The SPI is 32 bits, unsigned (an IPCOMP CPI 16). */
public record SaId(IpAddress source, IpAddress destination, IpsecProtocol protocol, int spi) {
    /** {@code esp.c0ffee@192.0.2.1}, {@code ah:c0ffee@2001:db8::1}, {@code comp.1234@192.0.2.1}. */
    @Override
    public String toString() {
        String name =
                switch (protocol) {
                    case ESP -> "esp";
                    case AH -> "ah";
                    case IPCOMP -> "comp";
                };
        char point = destination.family() == AddressFamily.IPV4 ? '.' : ':';
        return name + point + Integer.toHexString(spi) + "@" + destination;
    }
}
