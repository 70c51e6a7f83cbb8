// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jswan.base.AddressRange;
import org.jswan.base.ConnectionSerial;
import org.jswan.base.IpAddress;

/**
 * A range of addresses, each leased to one connection at most. A lease under a name is kept for that name when it is given
 * back, behind all that are free: whoever comes again has the same address again, unless it was needed meanwhile.
 */
public final class AddressPool {
    /** As libreswan: no pool has more. */
    private static final long MAXIMUM_SIZE = 0xffffffffL;

    private final AddressRange range;
    private final long size;
    /** That of {@code range.first() + i} at {@code i}; grows as needed. */
    private final List<Lease> leases = new ArrayList<>();
    /** What is given out next comes first; by {@link Lease#place}, so that a kept one is found among many. */
    private final NavigableMap<Long, Lease> free = new TreeMap<>();

    private final Map<String, Lease> byName = new HashMap<>();
    private int users;

    /** One address; its holder and the name that it is kept for. */
    private static final class Lease {
        private final IpAddress address;
        private Optional<ConnectionSerial> holder = Optional.empty();
        private Optional<String> name = Optional.empty();
        /** Among those that are free. */
        private long place;

        Lease(IpAddress address) {
            this.address = address;
        }
    }

    /** How the user sees a lease: {@code name} is whom it is kept for. */
    public record Entry(IpAddress address, boolean isFree, Optional<ConnectionSerial> holder, Optional<String> name) {}

    AddressPool(AddressRange range) {
        this.range = range;
        this.size = Math.min(range.last().minus(range.first()), MAXIMUM_SIZE - 1) + 1;
    }

    public AddressRange range() {
        return range;
    }

    /** How many addresses there are. */
    public long size() {
        return size;
    }

    public int inUse() {
        return leases.size() - free.size();
    }

    public int free() {
        return free.size();
    }

    /** How many leases are kept for a name. */
    public int reusable() {
        return byName.size();
    }

    /** Those that were ever given out, by address, and some more. */
    public List<Entry> entries() {
        return leases.stream()
                .map(l -> new Entry(l.address, l.holder.isEmpty(), l.holder, l.name))
                .toList();
    }

    /**
     * Gives a connection an address.
     *
     * @param name whose lease it is to be when the connection is gone; empty: nobody's
     * @return empty if all are in use
     */
    public Optional<IpAddress> lease(ConnectionSerial holder, Optional<String> name) {
        Optional<Lease> kept = name.map(byName::get);
        if (kept.isPresent()) {
            free.remove(kept.get().place, kept.get());
        } else if (free.isEmpty() && !grow()) {
            return Optional.empty();
        }
        Lease lease = kept.orElseGet(() -> take(name));
        lease.holder = Optional.of(holder);
        return Optional.of(lease.address);
    }

    private Lease take(Optional<String> name) {
        Lease lease = free.pollFirstEntry().getValue();
        lease.name.ifPresent(byName::remove);
        lease.name = name;
        name.ifPresent(of -> byName.put(of, lease));
        return lease;
    }

    /** Doubles the leases. As libreswan: the last of the new ones is given out first. */
    private boolean grow() {
        int before = leases.size();
        if (before >= size) {
            return false;
        }
        int after = (int) Math.min(Math.max(1, 2L * before), size);
        for (int i = before; i < after; i++) {
            Lease lease = new Lease(range.first().plus(i));
            leases.add(lease);
            addFirst(lease);
        }
        return true;
    }

    private void addFirst(Lease lease) {
        lease.place = free.isEmpty() ? 0 : free.firstKey() - 1;
        free.put(lease.place, lease);
    }

    private void addLast(Lease lease) {
        lease.place = free.isEmpty() ? 0 : free.lastKey() + 1;
        free.put(lease.place, lease);
    }

    /** Whether a connection still has that address: a newer one under the same name takes it over. */
    public boolean isHeld(ConnectionSerial holder, IpAddress address) {
        return find(address).filter(l -> l.holder.equals(Optional.of(holder))).isPresent();
    }

    /** Gives an address back, unless it is another's now. */
    public void giveBack(ConnectionSerial holder, IpAddress address) {
        find(address).filter(l -> l.holder.equals(Optional.of(holder))).ifPresent(lease -> {
            lease.holder = Optional.empty();
            if (lease.name.isPresent()) {
                addLast(lease);
            } else {
                addFirst(lease);
            }
        });
    }

    private Optional<Lease> find(IpAddress address) {
        long index = range.contains(address) ? address.minus(range.first()) : Long.MAX_VALUE;
        return index < leases.size() ? Optional.of(leases.get((int) index)) : Optional.empty();
    }

    void use() {
        users++;
    }

    /** Whether nobody uses it any more. */
    boolean leave() {
        users--;
        return users == 0;
    }
}
