// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.time.Clock;

/** IPsec in memory: refuses what Linux refuses, and lets a test see what is installed. */
public final class SimKernel implements KernelIpsec {
    private static final int FIRST_SPI = 0x1000;

    private final Clock clock;
    private final SeededRandom random;
    private final Map<SaId, Optional<Installed>> sas = new LinkedHashMap<>();
    private final Map<PolicyKey, KernelPolicy> policies = new LinkedHashMap<>();
    private final Map<SaId, byte[]> keys = new HashMap<>();

    /** An SA and when it was installed; its keys are kept apart, since their owner destroys them. */
    public record Installed(KernelSa sa, Instant added) {}

    private record PolicyKey(
            KernelPolicy.Direction direction, Selector source, Selector destination, Optional<KernelPolicy.Mark> mark) {
        static PolicyKey of(KernelPolicy policy) {
            return new PolicyKey(policy.direction(), policy.source(), policy.destination(), policy.mark());
        }
    }

    SimKernel(Clock clock, SeededRandom random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public String name() {
        return "xfrm";
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId) {
        SaId id;
        do {
            int spi = random.below(Integer.MAX_VALUE - FIRST_SPI) + FIRST_SPI;
            id = new SaId(source, destination, protocol, spi);
        } while (sas.containsKey(id));
        sas.put(id, Optional.empty());
        return id.spi();
    }

    @Override
    public void addSa(KernelSa sa) throws KernelException {
        boolean larval = sas.containsKey(sa.id()) && sas.get(sa.id()).isEmpty();
        if (sa.inbound() && !larval) {
            throw new KernelException("ESRCH", "no such SA: " + sa.id());
        }
        if (!sa.inbound() && sas.containsKey(sa.id())) {
            throw new KernelException("EEXIST", "SA exists: " + sa.id());
        }
        sas.put(sa.id(), Optional.of(new Installed(sa, clock.wall())));
        keys.put(sa.id(), sa.encrKey().expose().clone());
    }

    @Override
    public void migrate(KernelMigration migration) throws KernelException {
        throw new KernelException("ENOPROTOOPT", "no migration here");
    }

    @Override
    public void deleteSa(SaId id) throws KernelException {
        if (!sas.containsKey(id)) {
            throw new KernelException("ESRCH", "no such SA: " + id);
        }
        sas.remove(id);
        keys.remove(id);
    }

    @Override
    public void putPolicy(KernelPolicy policy) {
        policies.put(PolicyKey.of(policy), policy);
    }

    @Override
    public void deletePolicy(KernelPolicy policy) throws KernelException {
        if (policies.remove(PolicyKey.of(policy)) == null) {
            throw new KernelException("ENOENT", "no such policy: " + policy);
        }
    }

    @Override
    public Optional<SaCounters> counters(SaId id) {
        return Optional.ofNullable(sas.get(id))
                .flatMap(sa -> sa)
                .map(sa -> new SaCounters(0, 0, sa.added(), Optional.empty()));
    }

    @Override
    public void flush() {
        sas.clear();
        policies.clear();
        keys.clear();
    }

    /** The installed SAs, without those whose SPI is only reserved. */
    public List<KernelSa> installed() {
        return sas.values().stream()
                .flatMap(Optional::stream)
                .map(Installed::sa)
                .toList();
    }

    /** How many SPIs are in use or reserved. */
    public int spis() {
        return sas.size();
    }

    public List<KernelPolicy> policies() {
        return new ArrayList<>(policies.values());
    }

    /** The encryption key of an SA, to compare both ends'. */
    public byte[] key(SaId id) {
        return keys.get(id).clone();
    }
}
