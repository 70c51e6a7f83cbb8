// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.sa;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.connection.IkeVersion;
import org.jswan.kernel.IpsecProtocol;
import org.jswan.kernel.SaId;
import org.jswan.wire.IkeSpi;

/** All SAs, found in constant time by serial number, by SPI and by what the kernel calls them. */
public final class SaDatabase {
    private final Map<SaSerial, Sa> bySerial = new LinkedHashMap<>();
    private final Map<ConnectionSerial, Set<Sa>> byConnection = new HashMap<>();
    private final Map<IkeSpi, IkeSa> byLocalSpi = new HashMap<>();
    private final Map<Half, IkeSa> halfOpen = new HashMap<>();
    private final Map<KernelName, ChildSa> byKernelName = new HashMap<>();
    private final Map<State.Category, Integer> counts = new EnumMap<>(State.Category.class);
    private final Map<State, Integer> countsByState = new HashMap<>();
    private final Statistics statistics = new Statistics();
    private long lastSerial;
    private final Map<IkeVersion, Long> heldOctets = new EnumMap<>(IkeVersion.class);

    /** An initiator as a responder tells it from others before they share a key. */
    private record Half(IkeSpi initiatorSpi, IpAddress address) {}

    /** The kernel's events may leave out where packets come from. */
    private record KernelName(IpAddress destination, IpsecProtocol protocol, int spi) {
        static KernelName of(SaId id) {
            return new KernelName(id.destination(), id.protocol(), id.spi());
        }
    }

    private void put(Sa sa) {
        bySerial.put(sa.serial(), sa);
        count(sa.state(), 1);
        file(sa);
        statistics.started(sa);
    }

    /** What happened to all SAs, those that are gone included, and to their messages. */
    public Statistics statistics() {
        return statistics;
    }

    private void file(Sa sa) {
        byConnection
                .computeIfAbsent(sa.connection().serial(), serial -> new LinkedHashSet<>())
                .add(sa);
    }

    private void unfile(Sa sa) {
        Set<Sa> others = byConnection.get(sa.connection().serial());
        others.remove(sa);
        if (others.isEmpty()) {
            byConnection.remove(sa.connection().serial());
        }
    }

    /** A serial number that was never given before. */
    public SaSerial nextSerial() {
        return new SaSerial(++lastSerial);
    }

    public void add(IkeSa ike) {
        put(ike);
        byLocalSpi.put(ike.localSpi(), ike);
        if (ike.role() == IkeRole.RESPONDER) {
            halfOpen.put(half(ike), ike);
        }
    }

    /** How many octets of messages an SA keeps for a peer that is not authenticated yet. */
    public void setHeldOctets(IkeSa ike, int octets) {
        heldOctets.merge(version(ike), (long) octets - ike.heldOctets(), Long::sum);
        ike.setHeldOctets(octets);
    }

    /** The sum of what {@link #setHeldOctets} says of all SAs of that version. */
    public long heldOctets(IkeVersion version) {
        return heldOctets.getOrDefault(version, 0L);
    }

    private static IkeVersion version(IkeSa ike) {
        return ike.isVersion1() ? IkeVersion.IKEV1 : IkeVersion.IKEV2;
    }

    /** An IKE SA in the making, whose messages do not come yet: {@link #emancipate} makes it a real one. */
    public void addLarval(IkeSa ike) {
        put(ike);
    }

    /** The SPIs of a larval IKE SA are agreed on and its keys are there. */
    public void emancipate(IkeSa ike) {
        byLocalSpi.put(ike.localSpi(), ike);
    }

    /** {@code heir} has all Child SAs of {@code old} from now on. */
    public void inherit(IkeSa old, IkeSa heir) {
        for (ChildSa child : List.copyOf(old.children())) {
            old.removeChild(child);
            child.hangOn(heir);
            heir.addChild(child);
        }
    }

    public void add(ChildSa child) {
        put(child);
        child.ike().addChild(child);
    }

    /** An SPI of a Child SA became known: the kernel's events find it by that. */
    public void index(ChildSa child) {
        child.inbound().ifPresent(id -> byKernelName.put(KernelName.of(id), child));
        child.outbound().ifPresent(id -> byKernelName.put(KernelName.of(id), child));
    }

    /** The kernel knows the halves of a Child SA by other names now; an empty one stays as it is. */
    public void rename(ChildSa child, Optional<SaId> inbound, Optional<SaId> outbound) {
        forgetNames(child);
        inbound.ifPresent(child::setInbound);
        outbound.ifPresent(child::setOutbound);
        index(child);
    }

    private void forgetNames(ChildSa child) {
        child.inbound().ifPresent(id -> byKernelName.remove(KernelName.of(id), child));
        child.outbound().ifPresent(id -> byKernelName.remove(KernelName.of(id), child));
    }

    /** Takes an SA out and destroys its keys and timers. */
    public void remove(Sa sa) {
        if (bySerial.remove(sa.serial()) == null) {
            return;
        }
        count(sa.state(), -1);
        statistics.finished(sa);
        unfile(sa);
        sa.disarmAll();
        if (sa instanceof IkeSa ike) {
            setHeldOctets(ike, 0);
            byLocalSpi.remove(ike.localSpi(), ike);
            halfOpen.remove(half(ike), ike);
            ike.leaveSocket();
        } else if (sa instanceof ChildSa child) {
            forgetNames(child);
            child.ike().removeChild(child);
            if (child.isVersion1()) {
                child.ike().phase1().removeQuickMode(child);
            }
        }
        sa.destroySecrets();
    }

    private static Half half(IkeSa ike) {
        return new Half(ike.initiatorSpi(), ike.firstAddress());
    }

    public Optional<Sa> find(SaSerial serial) {
        return Optional.ofNullable(bySerial.get(serial));
    }

    /** Whether the SA was not removed since. */
    public boolean isAlive(Sa sa) {
        return bySerial.get(sa.serial()) == sa;
    }

    public Optional<IkeSa> ikeByLocalSpi(IkeSpi spi) {
        return Optional.ofNullable(byLocalSpi.get(spi));
    }

    /** The IKE SA of both those SPIs, whoever began it. */
    public Optional<IkeSa> ikeBySpis(IkeSpi initiator, IkeSpi responder) {
        return ikeByLocalSpi(responder)
                .filter(ike ->
                        ike.role() == IkeRole.RESPONDER && ike.initiatorSpi().equals(initiator))
                .or(() -> ikeByLocalSpi(initiator)
                        .filter(ike -> ike.role() == IkeRole.INITIATOR
                                && ike.responderSpi().equals(responder)));
    }

    /** The IKE SA that we answer an IKE_SA_INIT request of that initiator with. */
    public Optional<IkeSa> responderFor(IkeSpi initiatorSpi, IpAddress address) {
        return Optional.ofNullable(halfOpen.get(new Half(initiatorSpi, address)));
    }

    /** The Child SA that one of the kernel's SAs belongs to. */
    public Optional<ChildSa> childByKernelId(SaId id) {
        return Optional.ofNullable(byKernelName.get(KernelName.of(id)));
    }

    /** Only for the dispatcher and for whoever makes the SA: nobody else sets a state. */
    public void setState(Sa sa, State next) {
        State before = sa.state();
        count(before, -1);
        sa.state(next);
        count(next, 1);
        if (next instanceof V2State && !before.isEstablished() && next.isEstablished()) {
            statistics.established(sa);
        }
    }

    private void count(State state, int change) {
        counts.merge(state.category(), change, Integer::sum);
        countsByState.merge(state, change, Integer::sum);
    }

    /** How many IKE SAs we asked for by IKEv2 whose peers have not agreed yet. */
    public int countBegun() {
        return Stream.of(V2State.PARENT_I0, V2State.PARENT_I1, V2State.PARENT_I2)
                .mapToInt(state -> countsByState.getOrDefault(state, 0))
                .sum();
    }

    /** How many SAs are in a state of that category. */
    public int count(State.Category category) {
        return counts.getOrDefault(category, 0);
    }

    /** Another connection turned out to fit better: the SA is that one's from now on. */
    public void switchTo(Sa sa, Connection better) {
        unfile(sa);
        sa.switchTo(better);
        file(sa);
    }

    /** The SAs of a connection, oldest first. */
    public List<Sa> of(Connection connection) {
        return List.copyOf(byConnection.getOrDefault(connection.serial(), Set.of()));
    }

    /** All SAs by serial number. */
    public Collection<Sa> all() {
        return Collections.unmodifiableCollection(bySerial.values());
    }

    public List<IkeSa> ikeSas() {
        List<IkeSa> found = new ArrayList<>();
        for (Sa sa : bySerial.values()) {
            if (sa instanceof IkeSa ike) {
                found.add(ike);
            }
        }
        return found;
    }

    public int size() {
        return bySerial.size();
    }
}
