// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.AddressRange;

/** All pools. Connections with the same range share one; ranges that overlap otherwise are refused. */
public final class AddressPools {
    private final List<AddressPool> newestFirst = new ArrayList<>();

    /** The pools, newest first. */
    public List<AddressPool> all() {
        return List.copyOf(newestFirst);
    }

    /**
     * Whether there may be a pool of those addresses beside the others.
     *
     * @throws PoolException if it overlaps another one without being the same
     */
    public void check(AddressRange range) throws PoolException {
        find(range);
    }

    /**
     * Whether those addresses can be a pool at all.
     *
     * @throws PoolException if they cannot
     */
    public static void checkStart(AddressRange range) throws PoolException {
        if (range.first().isAny()) {
            throw new PoolException("address pool " + range + " starts at address zero");
        }
    }

    private Optional<AddressPool> find(AddressRange range) throws PoolException {
        for (AddressPool pool : newestFirst) {
            if (pool.range().equals(range)) {
                return Optional.of(pool);
            }
            if (pool.range().intersection(range).isPresent()) {
                throw new PoolException(
                        "new addresspool " + range + " INEXACTLY OVERLAPS with existing one " + pool.range() + ".");
            }
        }
        return Optional.empty();
    }

    /**
     * The pool of those addresses, made if there is none yet. Whoever got it has to {@link #leave} it once.
     *
     * @param range one that was {@link #check checked}
     */
    public AddressPool use(AddressRange range) {
        AddressPool pool;
        try {
            pool = find(range).orElseGet(() -> new AddressPool(range));
        } catch (PoolException unchecked) {
            throw new IllegalArgumentException(unchecked);
        }
        if (!newestFirst.contains(pool)) {
            newestFirst.add(0, pool);
        }
        pool.use();
        return pool;
    }

    /** One that used the pool does so no more; it goes with the last. */
    public void leave(AddressPool pool) {
        if (pool.leave()) {
            newestFirst.remove(pool);
        }
    }
}
