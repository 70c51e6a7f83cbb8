// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.bench;

import java.time.Instant;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;

/** A kernel that takes everything and keeps numbers only: what it would hold is not the daemon's memory. */
final class CountingKernel implements KernelIpsec {
    private int lastSpi = 0x1000;
    private int sas;
    private long lastInboundNanos;

    @Override
    public String name() {
        return "xfrm";
    }

    @Override
    public KernelAbilities abilities() {
        return KernelAbilities.ALL;
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId) {
        return ++lastSpi;
    }

    @Override
    public void addSa(KernelSa sa) {
        sas++;
        if (sa.inbound()) {
            lastInboundNanos = Meter.nanos();
        }
    }

    @Override
    public void migrate(KernelMigration migration) {
        throw new UnsupportedOperationException("nothing moves in a benchmark");
    }

    @Override
    public void deleteSa(SaId id) {
        sas--;
    }

    @Override
    public void putPolicy(KernelPolicy policy) {
        // Policies are neither kept nor asked for.
    }

    @Override
    public void deletePolicy(KernelPolicy policy) {
        // Policies are neither kept nor asked for.
    }

    @Override
    public Optional<SaCounters> counters(SaId id) {
        return Optional.of(new SaCounters(0, 0, Instant.EPOCH, Optional.empty()));
    }

    @Override
    public void flush() {
        sas = 0;
    }

    /** When an SA from the peer was installed last, in {@link Meter#nanos}. */
    long lastInboundNanos() {
        return lastInboundNanos;
    }

    /** How many SAs are installed, each direction counted. */
    int sas() {
        return sas;
    }
}
