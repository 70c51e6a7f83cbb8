// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionConfig;
import org.jswan.connection.RoutingState;
import org.jswan.connection.Shunt;
import org.jswan.kernel.KernelPolicy;
import org.jswan.kernel.KernelPolicy.Direction;
import org.jswan.log.Logger;

/** What packets of a connection meet while it has no SA: the policies of it. Routes and states are {@link Routing}'s. */
final class Shunts {
    private final KernelDoor kernel;
    private final RouteOwners owners;

    Shunts(KernelDoor kernel, RouteOwners owners) {
        this.kernel = kernel;
        this.owners = owners;
    }

    /** What the first packet meets. */
    boolean install(Connection connection) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        Shunt shunt = connection.config().shunts().prospective();
        List<KernelPolicy> wanted = owners.policies(connection).isPresent()
                ? List.of(policies.outboundShunt(shunt))
                : policies.shunt(shunt);
        return kernel.putAll(wanted, connection.logger());
    }

    /** What was installed could not be routed: what packets met before takes its place, or nothing. */
    void undo(Connection connection) {
        if (connection.routing().hasPolicies()) {
            restore(connection, connection.logger());
            return;
        }
        Logger logger = connection.logger();
        PolicyBuilder policies = new PolicyBuilder(connection);
        kernel.remove(policies.named(Direction.OUT), logger);
        // as libreswan: complains if there is no inbound policy, which a trap does not have.
        if (!kernel.remove(policies.named(Direction.IN), logger)) {
            logger.log("shunt_policy() in route_and_eroute() failed in !st case");
        }
        kernel.removeIfThere(policies.named(Direction.FORWARD), logger);
    }

    /** Packets meet what they do in the connection's state. */
    void restore(Connection connection, Logger logger) {
        kernel.put(new PolicyBuilder(connection).outboundShunt(of(connection)), logger);
    }

    /** What packets meet in the connection's state. */
    private static Shunt of(Connection connection) {
        ConnectionConfig.Shunts shunts = connection.config().shunts();
        return connection.routing() == RoutingState.ROUTED_FAILURE && shunts.failure() != Shunt.NONE
                ? shunts.failure()
                : shunts.prospective();
    }

    /** The state of a connection whose SA is gone. */
    static RoutingState afterTunnel(Connection connection) {
        return connection.config().shunts().failure() == Shunt.NONE
                ? RoutingState.ROUTED_PROSPECTIVE
                : RoutingState.ROUTED_FAILURE;
    }

    void remove(Connection connection) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        Logger logger = connection.logger();
        kernel.remove(policies.named(Direction.OUT), logger);
        if (kernel.removeIfThere(policies.named(Direction.IN), logger)) {
            // as libreswan: only traps are expected, although what passes or drops has inbound policies, too.
            logger.log("kernel: " + kernel.name() + " XFRM_MSG_DELPOLICY for flow "
                    + flow(connection.config().shunts().failure()) + " (in) encountered unexpected policy");
        }
        kernel.removeIfThere(policies.named(Direction.FORWARD), logger);
    }

    private static String flow(Shunt shunt) {
        return switch (shunt) {
            case PASS -> "%pass(none)";
            case DROP -> "%drop(discard)";
            case REJECT -> "%reject(discard)";
            case TRAP -> "%trap(ipsec)";
            case NONE, HOLD -> "%discard(discard)";
        };
    }
}
