// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jswan.base.Bytes;
import org.jswan.net.SecureDns;

/** The DNS as one host sees it. */
public final class SimDns implements SecureDns {
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private Security security = Security.SECURE;

    /** From now on there is that record. */
    public void add(String name, Kind kind, long ttl, Bytes data) {
        entries.computeIfAbsent(kind + " " + name, key -> new ArrayList<>()).add(new Entry(ttl, data));
    }

    /** From now on answers are vouched for like that. */
    public void security(Security of) {
        security = of;
    }

    @Override
    public Answer ask(String name, Kind kind) {
        List<Entry> found = entries.getOrDefault(kind + " " + name, List.of());
        return new Answer("NOERROR", true, security, List.copyOf(found));
    }
}
