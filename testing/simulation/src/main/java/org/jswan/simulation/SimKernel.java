// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jswan.base.Bytes;
import org.jswan.base.IpAddress;
import org.jswan.base.SecurityLabel;
import org.jswan.base.Selector;
import org.jswan.crypto.Algorithm;
import org.jswan.crypto.Encr;
import org.jswan.kernel.DeviceFeatures;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.KernelAbilities;
import org.jswan.kernel.KernelEvents;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelIpsec;
import org.jswan.kernel.KernelMigration;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Action;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.kernel.KernelPolicy.Template;
import org.jswan.kernel.KernelSa;
import org.jswan.kernel.SaCounters;
import org.jswan.kernel.SaId;
import org.jswan.time.Clock;
import org.jswan.time.TimerQueue;
import org.jswan.time.TimerQueue.Timer;

/** IPsec in memory: refuses what Linux refuses, and lets a test see what is installed. */
public final class SimKernel implements KernelIpsec {
    /** How long Linux keeps a reserved SPI ({@code /proc/sys/net/core/xfrm_acq_expires}). */
    static final Duration RESERVATION = Duration.ofSeconds(30);

    private static final int FIRST_SPI = 0x1000;
    private static final int FIRST_CPI = 256;
    private static final int LAST_CPI = 61439;

    private final Clock clock;
    private final TimerQueue timers;
    private final SeededRandom random;
    private final Map<Place, Entry> entries = new LinkedHashMap<>();
    private final Map<PolicyKey, KernelPolicy> policies = new LinkedHashMap<>();
    private final Map<Place, Carried> carried = new HashMap<>();
    private final Map<Wanted, Long> wanted = new HashMap<>();
    private final SimInterfaces interfaces = new SimInterfaces();
    private Optional<KernelEvents> listener = Optional.empty();

    /** What becomes of a packet. */
    public enum Fate {
        /** It leaves as it is. */
        CLEAR,
        /** It leaves through an SA. */
        PROTECTED,
        /** There is no SA for it yet. */
        HELD,
        BLOCKED
    }

    /** Where an SA is found: the sender's address does not matter. */
    private record Place(IpAddress destination, IpsecProtocol protocol, int spi) {
        static Place of(SaId id) {
            return new Place(id.destination(), id.protocol(), id.spi());
        }
    }

    /** An SA that packets wait for. */
    private record Wanted(Selector source, Selector destination, Template template, Optional<SecurityLabel> label) {}

    private boolean broken;
    private boolean refusesOffload;
    private Optional<DeviceFeatures> devices = Optional.empty();
    private KernelAbilities abilities = KernelAbilities.ALL;
    private Optional<String> removalName = Optional.of("XFRM_MSG_DELPOLICY");
    private boolean tellsUse = true;
    private Predicate<Algorithm> known = KernelIpsec.super::has;

    private sealed interface Entry permits Reserved, Installed {
        SaId id();

        Instant added();
    }

    private record Reserved(SaId id, Instant added, Timer expiry) implements Entry {}

    /** @param key the encryption key, kept apart since the owner of the SA's destroys it */
    private record Installed(KernelSa sa, Instant added, Bytes key) implements Entry {
        @Override
        public SaId id() {
            return sa.id();
        }
    }

    /** What went through an SA, and when that was last. */
    private record Carried(long bytes, Instant last) {}

    private record PolicyKey(
            Direction direction,
            Selector source,
            Selector destination,
            Optional<KernelPolicy.Mark> mark,
            Optional<Integer> interfaceId,
            Optional<SecurityLabel> label) {
        static PolicyKey of(KernelPolicy policy) {
            return new PolicyKey(
                    policy.direction(),
                    policy.source(),
                    policy.destination(),
                    policy.mark(),
                    policy.interfaceId(),
                    policy.label());
        }
    }

    SimKernel(Clock clock, TimerQueue timers, SeededRandom random) {
        this.clock = clock;
        this.timers = timers;
        this.random = random;
    }

    /** Who is told of acquires and expiries. */
    void tell(KernelEvents events) {
        listener = Optional.of(events);
    }

    @Override
    public String name() {
        return "xfrm";
    }

    @Override
    public KernelAbilities abilities() {
        return abilities;
    }

    @Override
    public boolean has(Algorithm algorithm) {
        return known.test(algorithm);
    }

    /** From now on it is told by an interface that is able to do no more than this. */
    public void restrict(KernelAbilities able, Predicate<Algorithm> knowing) {
        abilities = able;
        known = knowing;
    }

    /** As PF_KEY: it tells neither when SAs were used nor that policies were not expected. */
    public void tellLess() {
        tellsUse = false;
        removalName = Optional.empty();
    }

    @Override
    public SimInterfaces interfaces() {
        return interfaces;
    }

    @Override
    public Optional<DeviceFeatures> deviceFeatures() {
        return devices;
    }

    /** From now on SAs may name an interface that is to encrypt. */
    public void setDevices(DeviceFeatures these) {
        devices = Optional.of(these);
    }

    /** From now on no interface takes an SA. */
    public void refuseOffload() {
        refusesOffload = true;
    }

    @Override
    public int allocateSpi(IpAddress source, IpAddress destination, IpsecProtocol protocol, int requestId) {
        SaId id;
        do {
            int spi = protocol == IpsecProtocol.IPCOMP
                    ? FIRST_CPI + random.below(LAST_CPI - FIRST_CPI + 1)
                    : FIRST_SPI + random.below(Integer.MAX_VALUE - FIRST_SPI);
            id = new SaId(source, destination, protocol, spi);
        } while (entries.containsKey(Place.of(id)));
        Reserved reserved =
                new Reserved(id, clock.wall(), timers.after(RESERVATION, "larval SA expires", expiryOf(Place.of(id))));
        entries.put(Place.of(id), reserved);
        return id.spi();
    }

    private Runnable expiryOf(Place place) {
        return () -> {
            Entry gone = entries.remove(place);
            listener.ifPresent(events -> events.expired(gone.id(), true, countersOf(gone)));
        };
    }

    /** From now on it fails as nothing that is programmed rightly does. */
    public void breakDown() {
        broken = true;
    }

    /** As Linux: one that is there already gets the new limits and ports, but neither keys nor counters. */
    @Override
    public void addSa(KernelSa sa) throws KernelException {
        if (broken) {
            throw new IllegalStateException("the kernel's port is broken");
        }
        if (sa.encr().map(Encr::xfrmName).filter(Optional::isEmpty).isPresent()) {
            throw new KernelException(
                    "ENOSYS", "no such algorithm: " + sa.encr().get());
        }
        if (refusesOffload && sa.features().offload().isPresent()) {
            throw new KernelException("EINVAL", "no room in the device: " + sa.id());
        }
        Place place = Place.of(sa.id());
        Entry there = entries.get(place);
        if (!sa.inbound() && there != null) {
            throw new KernelException("EEXIST", "SA exists: " + sa.id());
        }
        if (sa.inbound() && there == null) {
            throw new KernelException("ESRCH", "no such SA: " + sa.id());
        }
        if (there instanceof Reserved reserved) {
            reserved.expiry().cancel();
        }
        entries.put(
                place,
                there instanceof Installed old
                        ? new Installed(sa, old.added(), old.key())
                        : new Installed(
                                sa, clock.wall(), Bytes.copyOf(sa.encrKey().expose())));
    }

    @Override
    public void migrate(KernelMigration migration) throws KernelException {
        KernelPolicy policy = policies.values().stream()
                .filter(p -> p.direction() == migration.direction()
                        && p.source().equals(migration.selectors().source())
                        && p.destination().equals(migration.selectors().destination()))
                .findFirst()
                .orElseThrow(() -> new KernelException("ENOENT", "no such policy"));
        if (policy.templates().stream().noneMatch(template -> isOf(template, migration))) {
            throw new KernelException("ENODATA", "no such template");
        }
        List<Template> moved = policy.templates().stream()
                .map(template -> isOf(template, migration) ? moved(template, migration) : template)
                .toList();
        policies.put(
                PolicyKey.of(policy),
                new KernelPolicy(
                        policy.direction(),
                        policy.source(),
                        policy.destination(),
                        policy.action(),
                        moved,
                        policy.priority(),
                        policy.mark(),
                        policy.interfaceId(),
                        policy.label()));
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry instanceof Installed installed && isOf(installed.sa(), migration)) {
                entries.remove(Place.of(entry.id()));
                KernelSa sa = moved(installed.sa(), migration);
                entries.put(Place.of(sa.id()), new Installed(sa, installed.added(), installed.key()));
            }
        }
    }

    private static boolean isOf(Template template, KernelMigration migration) {
        return template.protocol() == migration.protocol()
                && template.mode() == migration.mode()
                && template.requestId() == migration.requestId()
                && template.source().equals(migration.oldSource())
                && template.destination().equals(migration.oldDestination());
    }

    private static boolean isOf(KernelSa sa, KernelMigration migration) {
        return sa.id().protocol() == migration.protocol()
                && sa.mode() == migration.mode()
                && sa.requestId() == migration.requestId()
                && sa.id().source().equals(migration.oldSource())
                && sa.id().destination().equals(migration.oldDestination());
    }

    private static Template moved(Template template, KernelMigration migration) {
        return new Template(
                template.protocol(),
                template.mode(),
                template.requestId(),
                migration.newSource(),
                migration.newDestination(),
                template.optional());
    }

    private static KernelSa moved(KernelSa sa, KernelMigration migration) {
        return sa.moved(migration.newSource(), migration.newDestination(), migration.encapsulation());
    }

    @Override
    public void deleteSa(SaId id) throws KernelException {
        Entry gone = entries.remove(Place.of(id));
        carried.remove(Place.of(id));
        if (gone == null) {
            throw new KernelException("ESRCH", "no such SA: " + id);
        }
        if (gone instanceof Reserved reserved) {
            reserved.expiry().cancel();
        }
    }

    @Override
    public void putPolicy(KernelPolicy policy) throws KernelException {
        if (policy.source().family() != policy.destination().family()) {
            throw new KernelException("EINVAL", "one end is IPv4, the other IPv6: " + policy);
        }
        policies.put(PolicyKey.of(policy), policy);
    }

    @Override
    public Optional<String> unexpectedRemoval() {
        return removalName;
    }

    @Override
    public void deletePolicy(KernelPolicy policy) throws KernelException {
        if (policies.remove(PolicyKey.of(policy)) == null) {
            throw new KernelException("ENOENT", "no such policy: " + policy);
        }
    }

    @Override
    public Optional<SaCounters> counters(SaId id) {
        return Optional.ofNullable(entries.get(Place.of(id))).map(this::countersOf);
    }

    private SaCounters countersOf(Entry entry) {
        Optional<Carried> packets = Optional.ofNullable(carried.get(Place.of(entry.id())));
        return new SaCounters(
                packets.map(Carried::bytes).orElse(0L),
                packets.isPresent() ? 1 : 0,
                entry.added(),
                packets.filter(p -> tellsUse).map(Carried::last));
    }

    /** Packets of so many bytes go through an SA. */
    public void carry(SaId id, long bytes) {
        Carried before = carried.getOrDefault(Place.of(id), new Carried(0, clock.wall()));
        carried.put(Place.of(id), new Carried(before.bytes() + bytes, clock.wall()));
    }

    @Override
    public void flush() {
        for (Entry entry : entries.values()) {
            if (entry instanceof Reserved reserved) {
                reserved.expiry().cancel();
            }
        }
        entries.clear();
        carried.clear();
        wanted.clear();
        policies.clear();
    }

    /**
     * A packet wants to leave. The policy of the lowest priority among those that select it decides, the oldest of equals;
     * one without its SA announces the packet, but not a like one again for a while.
     */
    public Fate packet(Selector source, Selector destination) {
        return packet(source, destination, Optional.empty());
    }

    /** The same for a packet of a process with that label: only policies with a label select it, and so do its SAs. */
    public Fate packet(Selector source, Selector destination, Optional<SecurityLabel> label) {
        Optional<KernelPolicy> decides = deciding(Direction.OUT, source, destination, label);
        if (decides.isEmpty()) {
            return Fate.CLEAR;
        }
        if (decides.get().action() == Action.BLOCK) {
            return Fate.BLOCKED;
        }
        for (Template template : decides.get().templates()) {
            if (installed().stream().noneMatch(sa -> carries(sa, template, label))) {
                want(new Wanted(source, destination, template, label));
                return Fate.HELD;
            }
        }
        return decides.get().templates().isEmpty() ? Fate.CLEAR : Fate.PROTECTED;
    }

    /** As Linux: whoever asked for an SA waits a while before asking again. */
    private void want(Wanted asked) {
        Long until = wanted.get(asked);
        if (until == null || clock.nanos() >= until) {
            wanted.put(asked, clock.nanos() + RESERVATION.toNanos());
            listener.ifPresent(events -> events.acquire(
                    asked.source(), asked.destination(), asked.template().requestId(), asked.label()));
        }
    }

    /** A packet that came without an SA: whether it is taken. */
    public boolean takes(Selector source, Selector destination) {
        return deciding(Direction.IN, source, destination, Optional.empty())
                .map(policy ->
                        policy.action() == Action.ALLOW && policy.templates().isEmpty())
                .orElse(true);
    }

    private Optional<KernelPolicy> deciding(
            Direction direction, Selector source, Selector destination, Optional<SecurityLabel> label) {
        return policies.values().stream()
                .filter(p -> p.direction() == direction
                        && p.mark().isEmpty()
                        && p.interfaceId().isEmpty()
                        && p.label().isPresent() == label.isPresent()
                        && p.source().contains(source)
                        && p.destination().contains(destination))
                .min(Comparator.comparing(KernelPolicy::priority, Integer::compareUnsigned));
    }

    private static boolean carries(KernelSa sa, Template template, Optional<SecurityLabel> label) {
        return !sa.inbound()
                && sa.id().protocol() == template.protocol()
                && sa.mode() == template.mode()
                && sa.requestId() == template.requestId()
                && sa.features().label().equals(label);
    }

    /** The installed SAs, without those whose SPI is only reserved. */
    public List<KernelSa> installed() {
        List<KernelSa> installed = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry instanceof Installed sa) {
                installed.add(sa.sa());
            }
        }
        return installed;
    }

    /** How many SPIs are in use or reserved. */
    public int spis() {
        return entries.size();
    }

    public List<KernelPolicy> policies() {
        return List.copyOf(policies.values());
    }

    /** The encryption key of an installed SA, to compare both ends'. */
    public Bytes key(SaId id) {
        return ((Installed) entries.get(Place.of(id))).key();
    }
}
