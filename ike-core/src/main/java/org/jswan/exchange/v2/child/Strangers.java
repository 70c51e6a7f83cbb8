// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;

/**
 * What peers may have that nobody knows. libreswan lets who proves nothing have any connection between the same identities,
 * all the peers of a policy group at once, and Child SAs without an end.
 */
final class Strangers {
    /** More than members for different protocols and ports are likely to need. */
    private static final int MOST_CHILDREN = 64;

    private Strangers() {}

    /** Whether the peer may have one Child SA more, be it in the place of another, which it need not give up. */
    static boolean mayHaveAnother(IkeSa ike) {
        return !ike.isPeerAnonymous() || ike.children().size() < MOST_CHILDREN;
    }

    /** Whether the peer names just itself, where its connection is for whoever comes. */
    static boolean mayName(ChildSa child, Connection c, Selector peer) {
        Connection current = child.connection();
        return c == current
                || !c.has(ConnectionPolicy.OPPORTUNISTIC)
                || peer.subnet().equals(Subnet.host(child.ike().remote().address()))
                || current.remote()
                        .client()
                        .filter(own -> own.subnet().equals(peer.subnet()))
                        .isPresent();
    }
}
