// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.sa.ChildSa;
import org.jswan.sa.SaDatabase;

/** The kernel says that an SA has carried as much as it may: nearly all, then a successor is due, or all, then it ends. */
public final class KernelExpiry {
    private final SaDatabase sas;
    private final Impairments impair;
    private final Lifetimes lifetimes;
    private final Initiator initiator;

    public KernelExpiry(SaDatabase sas, Lifetimes lifetimes, Initiator initiator, Impairments impair) {
        this.impair = impair;
        this.sas = sas;
        this.lifetimes = lifetimes;
        this.initiator = initiator;
    }

    /** @param hard whether the kernel takes no packets for it any more */
    public void expired(SaId id, boolean hard, SaCounters counters) {
        if (impair.on(hard ? Impairment.IGNORE_HARD_EXPIRE : Impairment.IGNORE_SOFT_EXPIRE)) {
            return;
        }
        Optional<ChildSa> found = sas.childByKernelId(id);
        if (found.isEmpty() || !found.get().isEstablished()) {
            // A reservation that lapsed ends nothing yet: the peer may still refuse, and if not, the kernel will.
            return;
        }
        ChildSa child = found.get();
        Connection c = child.connection();
        boolean rekeys = !c.has(ConnectionPolicy.DONT_REKEY);
        boolean newest = c.newestChild().filter(child.serial()::equals).isPresent();
        boolean replacing = newest && rekeys && !child.isSoftExpired() && !child.isHardExpired();
        child.logger()
                .log("received " + (hard ? "hard" : "soft") + " EXPIRE for "
                        + (child.inbound().equals(Optional.of(id)) ? "inbound" : "outbound") + " SPI "
                        + String.format("%08x", id.spi()) + " bytes " + counters.bytes() + " packets "
                        + counters.packets() + " rekey=" + (rekeys ? "yes" : "no")
                        + (child.isSoftExpired() ? "; already soft expired" : "")
                        + (child.isHardExpired() ? "; already hard expired" : "")
                        + (newest ? "" : "; deleting old SA") + (replacing ? "; replacing" : ""));
        if (hard && !child.isHardExpired()) {
            child.setHardExpired();
            lifetimes.expire(child);
        } else if (!hard && replacing) {
            child.setSoftExpired();
            initiator.rekey(child);
        }
    }
}
