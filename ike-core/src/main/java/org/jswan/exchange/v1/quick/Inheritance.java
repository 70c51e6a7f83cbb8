// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.quick;

import java.util.EnumSet;
import java.util.Set;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.kernel.IpsecMode;
import org.jswan.sa.ChildSa;

/**
 * What the successor of an IPsec SA asks for beyond its connection: a peer may have had more than we would have proposed, as
 * perfect forward secrecy, and is to get no less when it is our turn to propose.
 */
public final class Inheritance {
    private Inheritance() {}

    /** What an SA, established or tried in vain, hands down. */
    public static Set<ConnectionPolicy> of(ChildSa old) {
        Set<ConnectionPolicy> handedDown = EnumSet.noneOf(ConnectionPolicy.class);
        handedDown.addAll(old.phase2().inherited());
        if (old.pfsGroup().isPresent()) {
            handedDown.add(ConnectionPolicy.PFS);
        }
        if (old.mode() == IpsecMode.TUNNEL && old.suite().isPresent()) {
            handedDown.add(ConnectionPolicy.TUNNEL);
        }
        if (old.isCompressed()) {
            handedDown.add(ConnectionPolicy.COMPRESS);
        }
        return handedDown;
    }

    /** Whether an SA is to have that, by its connection or by what it replaces. */
    static boolean wants(ChildSa child, ConnectionPolicy policy) {
        return child.connection().has(policy) || child.phase2().inherited().contains(policy);
    }
}
