// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jswan.kernel.KernelException;
import org.jswan.kernel.KernelInterfaces;

/** The interfaces for IPsec of a kernel in memory; there is {@code lo}, too. */
public final class SimInterfaces implements KernelInterfaces {
    /**
     * An interface.
     *
     * @param id empty for one of another kind
     */
    public record Entry(String device, Optional<Integer> id, boolean up) {}

    private final Map<String, Entry> entries = new TreeMap<>();
    private boolean supported = true;

    SimInterfaces() {
        entries.put("lo", new Entry("", Optional.empty(), true));
    }

    /** All interfaces but {@code lo}, by name. */
    public Map<String, Entry> made() {
        Map<String, Entry> made = new TreeMap<>(entries);
        made.remove("lo");
        return made;
    }

    /** Something else makes an interface. */
    public void put(String name, Entry entry) {
        entries.put(name, entry);
    }

    /** Whether the kernel has interfaces for IPsec. */
    public void setSupported(boolean is) {
        supported = is;
    }

    @Override
    public boolean exists(String name) {
        return entries.containsKey(name);
    }

    @Override
    public boolean exists(String name, int id) {
        return exists(name) && entries.get(name).id().equals(Optional.of(id));
    }

    @Override
    public boolean any() {
        return entries.values().stream().anyMatch(entry -> entry.id().isPresent());
    }

    @Override
    public void add(String name, String device, int id) throws KernelException {
        if (!supported) {
            throw new KernelException("EOPNOTSUPP", "Operation not supported");
        }
        if (exists(name)) {
            throw new KernelException("EEXIST", "File exists");
        }
        put(name, new Entry(device, Optional.of(id), false));
    }

    @Override
    public void setUp(String name) throws KernelException {
        Entry entry = need(name);
        put(name, new Entry(entry.device(), entry.id(), true));
    }

    @Override
    public void delete(String name) throws KernelException {
        need(name);
        entries.remove(name);
    }

    private Entry need(String name) throws KernelException {
        if (!exists(name)) {
            throw new KernelException("ENODEV", "No such device");
        }
        return entries.get(name);
    }
}
