// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/**
 * One end of the traffic that an IPsec policy selects: a subnet, an IP protocol (0: any) and a port (0: any; only with
 * a protocol that has ports).
 */
public record Selector(Subnet subnet, int protocol, int port) {
    public Selector {
        if (protocol < 0 || protocol > 255 || port < 0 || port > 65535) {
            throw new IllegalArgumentException("selector protocol " + protocol + " port " + port);
        }
    }

    public static Selector of(Subnet subnet) {
        return new Selector(subnet, 0, 0);
    }

    public AddressFamily family() {
        return subnet.family();
    }

    public boolean contains(Selector other) {
        return subnet.contains(other.subnet)
                && (protocol == 0 || protocol == other.protocol)
                && (port == 0 || port == other.port);
    }

    /** {@code 192.0.2.0/24} or {@code 192.0.2.0/24/17/1701}. */
    @Override
    public String toString() {
        return protocol == 0 && port == 0 ? subnet.toString() : subnet + "/" + protocol + "/" + port;
    }
}
