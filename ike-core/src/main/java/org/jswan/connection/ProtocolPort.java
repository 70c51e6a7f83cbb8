// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

/**
 * The traffic of one end by protocol and port, {@code 17/1701}.
 *
 * @param protocol IP protocol number, 0 for any
 * @param port port, 0 for all of them
 * @param anyPort {@code 17/%any}: the peer chooses one port, which an instance then keeps
 */
public record ProtocolPort(int protocol, int port, boolean anyPort) {
    /** All traffic. */
    public static final ProtocolPort ANY = new ProtocolPort(0, 0, false);

    public ProtocolPort {
        if (protocol < 0 || protocol > 255 || port < 0 || port > 65535 || anyPort && port != 0) {
            throw new IllegalArgumentException("protocol " + protocol + " port " + port);
        }
    }

    /** Whether it is all traffic. */
    public boolean isAny() {
        return protocol == 0 && port == 0 && !anyPort;
    }

    /** {@code 17/1701} or {@code 17/%any}. */
    @Override
    public String toString() {
        return protocol + "/" + (anyPort ? "%any" : Integer.toString(port));
    }
}
