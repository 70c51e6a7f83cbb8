// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.base.IpAddress;

/** An address together with the length of the prefix it lives in, as an interface has it: {@code 192.0.2.7/24}. */
public record AddressPrefix(IpAddress address, int prefixLength) {
    public AddressPrefix {
        if (prefixLength < 0 || prefixLength > address.family().bits()) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " for " + address);
        }
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
