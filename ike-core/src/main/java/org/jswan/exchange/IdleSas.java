// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.kernel.KernelException;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.time.Clock;

/**
 * Opportunistic encryption speaks with whoever packets go to; when they don't any more, its SAs are not replaced. The next
 * packet begins anew.
 */
final class IdleSas {
    private final ChildKernel kernel;
    private final Clock clock;

    IdleSas(ChildKernel kernel, Clock clock) {
        this.kernel = kernel;
        this.clock = clock;
    }

    /** The IKE SA that ends with all it has, instead of one of its SAs being replaced. */
    Optional<IkeSa> unused(Sa due) {
        Connection c = due.connection();
        boolean established = due instanceof IkeSa ike ? ike.isEstablished() : ((ChildSa) due).isEstablished();
        if (!established || !c.has(ConnectionPolicy.OPPORTUNISTIC)) {
            return Optional.empty();
        }
        IkeSa ike = ike(due);
        return ike.children().stream().filter(ChildSa::isEstablished).allMatch(this::isIdle)
                ? Optional.of(ike)
                : Optional.empty();
    }

    private static IkeSa ike(Sa sa) {
        return sa instanceof ChildSa child ? child.ike() : (IkeSa) sa;
    }

    /**
     * As libreswan: for as long as the margin in which SAs are replaced. Other than libreswan, what cannot be told from idle
     * is not taken for it.
     */
    private boolean isIdle(ChildSa child) {
        try {
            kernel.counters(child, true);
        } catch (KernelException unreadable) {
            child.logger().debug("no counters of inbound SA: " + unreadable.getMessage());
            return false;
        }
        return child.traffic(true)
                        .idle(clock.nanos())
                        .compareTo(child.connection().config().lifetimes().margin())
                >= 0;
    }
}
