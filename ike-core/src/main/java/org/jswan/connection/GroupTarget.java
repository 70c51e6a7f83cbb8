// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import org.jswan.base.Subnet;

/**
 * Whom a policy group is about: a line of its file.
 *
 * @param subnet the peers
 * @param protocol the IP protocol; 0: any from the peers, and from us what the group has
 * @param localPort our port, 0 for any
 * @param remotePort the peers' port, 0 for any
 */
public record GroupTarget(Subnet subnet, int protocol, int localPort, int remotePort) {
    public static GroupTarget of(Subnet subnet) {
        return new GroupTarget(subnet, 0, 0, 0);
    }

    /** {@code group#192.0.2.0/24}, or {@code group#192.0.2.0/24-(0--6--7)} with our port, protocol and theirs. */
    String nameIn(String group) {
        String all = group + "#" + subnet;
        return protocol == 0 ? all : all + "-(" + localPort + "--" + protocol + "--" + remotePort + ")";
    }
}
