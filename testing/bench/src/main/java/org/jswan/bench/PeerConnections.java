// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.util.Set;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.ConnectionOption;
import org.jswan.connection.ConnectionRequest;
import org.jswan.connection.EndRequest;
import org.jswan.connection.IkeVersion;

/** The connections of benchmarks, as whack asks for them. */
final class PeerConnections {
    private PeerConnections() {}

    /** @param proposal as for {@code ike=} */
    static ConnectionRequest of(String name, EndRequest left, EndRequest right, String proposal) {
        return builder(name, left, right, proposal).build();
    }

    /** The same for packets with that mark alone. */
    static ConnectionRequest marked(String name, EndRequest left, EndRequest right, String proposal, int mark) {
        return builder(name, left, right, proposal)
                .set(ConnectionOption.MARK, mark + "/0xffffffff")
                .build();
    }

    /** The same by IKEv1, whose ends have no way of their own to prove who they are. */
    static ConnectionRequest ikev1(String name, EndRequest left, EndRequest right, String proposal) {
        return builder(name, left, right, proposal)
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV1)
                .set(ConnectionOption.AUTHENTICATION, Set.of(AuthenticationMethod.PSK))
                .build();
    }

    private static ConnectionRequest.Builder builder(String name, EndRequest left, EndRequest right, String proposal) {
        return ConnectionRequest.builder(name)
                .left(left)
                .right(right)
                .set(ConnectionOption.IKE_VERSION, IkeVersion.IKEV2)
                .set(ConnectionOption.IKE, proposal)
                .set(ConnectionOption.ENCRYPT)
                .set(ConnectionOption.TUNNEL)
                .set(ConnectionOption.PFS)
                .set(ConnectionOption.ESN_NO)
                .set(ConnectionOption.ESN_YES)
                .set(ConnectionOption.IKE_FRAGMENTATION_ALLOW);
    }
}
