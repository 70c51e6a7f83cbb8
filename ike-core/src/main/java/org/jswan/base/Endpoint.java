// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.base;

/** An address and a port (0 to 65535); printed {@code 192.0.2.1:500} or {@code [2001:db8::1]:500}. */
public record Endpoint(IpAddress address, int port) {
    public Endpoint {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    public Endpoint withPort(int newPort) {
        return new Endpoint(address, newPort);
    }

    // Written out, this and hashCode, for a quick start: docs/architecture.md.
    @Override
    public boolean equals(Object other) {
        return other instanceof Endpoint that && port == that.port && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + port;
    }

    @Override
    public String toString() {
        return address.family() == AddressFamily.IPV6 ? "[" + address + "]:" + port : address + ":" + port;
    }
}
