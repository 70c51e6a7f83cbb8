// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.connection.Connection;
import org.jswan.kernel.KernelPolicy;

/**
 * Client address translation ({@code leftcat=}): packets leave a host by its own address, which a rule of the firewall
 * translates to the one that the peer gave. Both need a policy, for the kernel looks before it translates, and after.
 */
final class Translation {
    private final KernelDoor kernel;
    private final RouteOwners owners;
    private final Heirs heirs;

    Translation(KernelDoor kernel, RouteOwners owners, Heirs heirs) {
        this.kernel = kernel;
        this.owners = owners;
        this.heirs = heirs;
    }

    /** Outbound packets go through the Child SA, before they are translated, too. */
    boolean put(Connection connection, ChildInstall child) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        Optional<KernelPolicy> untranslated = policies.untranslated(child);
        if (untranslated.isPresent() && !kernel.put(untranslated.get(), child.logger())) {
            child.logger().log("CAT: failed to eroute additional Client Address Translation policy");
        }
        return kernel.put(policies.outbound(child), child.logger());
    }

    /**
     * The Child SA is gone, or going: packets to the peer meet the trap again whose place it had. libreswan leaves the policy, and
     * so the packets, to themselves.
     */
    void remove(Connection connection, ChildInstall child) {
        if (!owners.isAnotherTranslated(connection)) {
            new PolicyBuilder(connection).untranslated(child).ifPresent(policy -> heirs.inherit(
                            connection, Optional.of(policy.source()))
                    .ifPresentOrElse(
                            next -> kernel.put(next, child.logger()),
                            () -> kernel.removeIfThere(policy, child.logger())));
        }
    }
}
