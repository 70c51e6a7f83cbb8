// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.RoutingState;
import org.jswan.kernel.KernelPolicy;
import org.jswan.routing.InstalledChildren.Installed;

/**
 * Who has a claim to policies that are several connections' by their selectors, as those of a template and of its instance for
 * one host are: the kernel has only one of each.
 */
final class Heirs {
    private final RoutingStates states;
    private final InstalledChildren installed;

    Heirs(RoutingStates states, InstalledChildren installed) {
        this.states = states;
        this.installed = installed;
    }

    /**
     * This connection's policy goes: what outbound packets meet instead, which is to be put, where another has one with the same
     * selectors: the template that it is of, as a rule, whose trap is its own again, or another instance.
     */
    Optional<KernelPolicy> inherit(Connection connection) {
        return inherit(connection, connection.local().client());
    }

    /** The same for a policy of the connection that is from {@code ours}. */
    Optional<KernelPolicy> inherit(Connection connection, Optional<Selector> ours) {
        if (RoutingKind.of(connection) != RoutingKind.PASSING) {
            // As libreswan: of those that share policies by overlapip=yes whoever goes takes them away.
            return Optional.empty();
        }
        return states.owners().heir(connection, ours).map(heir -> {
            if (RoutingTable.step(RoutingEvent.INSTANCE_GONE, heir) == RoutingTable.Step.RESTORE_SHUNT) {
                states.set(heir, RoutingState.ROUTED_PROSPECTIVE, Optional.empty());
            }
            return heir.routeOwner()
                    .flatMap(installed::find)
                    .map(theirs -> new PolicyBuilder(heir).outbound(theirs.child()))
                    .orElseGet(() -> Shunts.outbound(heir));
        });
    }

    /**
     * Another instance's Child SA for the same packets, as there is where both ends began at once: its policies stand whatever
     * becomes of this connection's.
     */
    Optional<Installed> twin(Connection connection) {
        return RoutingKind.of(connection) == RoutingKind.PASSING
                ? states.owners()
                        .twin(connection)
                        .flatMap(Connection::routeOwner)
                        .flatMap(installed::find)
                : Optional.empty();
    }

    /** Whether the policies with a template's selectors are those of an instance. */
    boolean isCovered(Connection template) {
        return template.kind() == ConnectionKind.TEMPLATE
                && states.owners()
                        .heir(template)
                        .filter(heir -> heir.kind() == ConnectionKind.INSTANCE)
                        .isPresent();
    }
}
