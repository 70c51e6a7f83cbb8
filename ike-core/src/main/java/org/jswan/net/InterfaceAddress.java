// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.net;

import org.jswan.base.IpAddress;

/** An address of this machine and the interface that has it, {@code eth0}. */
public record InterfaceAddress(String interfaceName, IpAddress address) {
    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof InterfaceAddress that
                && interfaceName.equals(that.interfaceName)
                && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return 31 * interfaceName.hashCode() + address.hashCode();
    }
}
