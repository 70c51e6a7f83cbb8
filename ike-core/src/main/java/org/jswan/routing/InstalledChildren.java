// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jswan.base.SaSerial;
import org.jswan.connection.Connection;
import org.jswan.kernel.KernelSa;

/** The SAs that the kernel has, by the Child SA that they make up, and whose they are. */
final class InstalledChildren {
    private final KernelDoor kernel;
    private final Map<SaSerial, Installed> children = new HashMap<>();

    /**
     * A Child SA in the kernel.
     *
     * @param whole whether its outbound half is there, too
     */
    record Installed(Connection connection, ChildInstall child, boolean whole) {}

    InstalledChildren(KernelDoor kernel) {
        this.kernel = kernel;
    }

    Optional<Installed> find(SaSerial child) {
        return Optional.ofNullable(children.get(child));
    }

    /** Whether a connection has none. */
    boolean isNoneOf(Connection connection) {
        return children.values().stream().noneMatch(child -> child.connection() == connection);
    }

    /** Whether the kernel took both halves, or the one from the peer if the other is to come {@linkplain #complete later}. */
    boolean add(Connection connection, ChildInstall child, boolean whole) {
        if (!kernel.addSas(whole ? bothHalves(child) : child.inbound(), child.logger())) {
            child.logger().log("setup_half_ipsec_sa() hit fail:");
            return false;
        }
        children.put(child.child(), new Installed(connection, child, whole));
        return true;
    }

    /** Whether the outbound half is there, too, from now on at the latest. */
    boolean complete(Installed waiting) {
        ChildInstall child = waiting.child();
        if (!waiting.whole() && !kernel.addSas(child.outbound(), child.logger())) {
            return false;
        }
        children.put(child.child(), new Installed(waiting.connection(), child, true));
        return true;
    }

    /** The kernel's SAs are between other addresses now. */
    void moved(Installed old, ChildInstall now) {
        children.put(now.child(), new Installed(old.connection(), now, old.whole()));
    }

    /** It is going: who finds it from now on finds nothing, though the kernel has it still. */
    Optional<Installed> forget(SaSerial child) {
        return Optional.ofNullable(children.remove(child));
    }

    /** Takes one that was forgotten out of the kernel. */
    void delete(Installed gone) {
        ChildInstall child = gone.child();
        List<KernelSa> outermostFirst = new ArrayList<>();
        for (int i = child.outbound().size() - 1; gone.whole() && i >= 0; i--) {
            outermostFirst.add(child.outbound().get(i));
        }
        for (int i = child.inbound().size() - 1; i >= 0; i--) {
            outermostFirst.add(child.inbound().get(i));
        }
        outermostFirst.forEach(sa -> kernel.deleteSa(sa, child.logger()));
    }

    /** As libreswan: outbound first, so that all is ready when packets come in. */
    private static List<KernelSa> bothHalves(ChildInstall child) {
        List<KernelSa> all = new ArrayList<>(child.outbound());
        all.addAll(child.inbound());
        return all;
    }
}
