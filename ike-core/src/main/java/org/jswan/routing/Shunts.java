// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
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
    private final BareShunts bare;
    private final Heirs heirs;

    Shunts(KernelDoor kernel, RouteOwners owners, BareShunts bare, Heirs heirs) {
        this.kernel = kernel;
        this.owners = owners;
        this.bare = bare;
        this.heirs = heirs;
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
        Optional<BareShunt> before = bareShunt(connection);
        if (before.isPresent()) {
            put(before.get().ours(), before.get().theirs(), before.get().kind(), 0, logger);
            return;
        }
        PolicyBuilder policies = new PolicyBuilder(connection);
        kernel.remove(policies.named(Direction.OUT), logger);
        // as libreswan: complains if there is no inbound policy, which a trap does not have.
        String flow = flow(connection.config().shunts().failure());
        if (!kernel.removeInbound(policies.named(Direction.IN), flow, logger)) {
            logger.log("shunt_policy() in route_and_eroute() failed in !st case");
        }
        kernel.removeIfThere(policies.named(Direction.FORWARD), logger);
    }

    /** Packets meet what they do in the connection's state. */
    void restore(Connection connection, Logger logger) {
        kernel.put(outbound(connection), logger);
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

    /** All of it goes, but what is another's by now. */
    void remove(Connection connection) {
        PolicyBuilder policies = new PolicyBuilder(connection);
        Logger logger = connection.logger();
        removeOutbound(connection, policies.named(Direction.OUT), logger);
        if (heirs.twin(connection).isPresent()) {
            return;
        }
        if (kernel.removeIfThere(policies.named(Direction.IN), logger)) {
            // as libreswan: only traps are expected, although what passes or drops has inbound policies, too.
            String flow = flow(connection.config().shunts().failure());
            kernel.unexpectedRemoval()
                    .ifPresent(request -> logger.log(
                            "kernel: " + request + " for flow " + flow + " (in) encountered unexpected policy"));
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

    /** That policy of the connection goes, unless another's takes its place. */
    void removeOutbound(Connection connection, KernelPolicy policy, Logger logger) {
        Optional<KernelPolicy> next = heirs.inherit(connection);
        if (next.isPresent()) {
            kernel.put(next.get(), logger);
        } else {
            kernel.remove(policy, logger);
        }
    }

    /** The outbound policy of a connection without an SA. */
    static KernelPolicy outbound(Connection connection) {
        return new PolicyBuilder(connection).outboundShunt(of(connection));
    }

    private Optional<BareShunt> bareShunt(Connection connection) {
        return connection
                .local()
                .client()
                .flatMap(ours -> connection.remote().client().flatMap(theirs -> bare.find(ours, theirs)));
    }

    /** The connection has policies of its own for its packets: what stood in for them is none of them any more. */
    void takeOver(Connection connection) {
        bareShunt(connection).ifPresent(old -> bare.forget(old.ours(), old.theirs(), connection.logger()));
    }

    /** The connection's SA is for all of its packets: those that are held for one of its addresses need not be. */
    void clearNarrow(Connection connection, Logger logger) {
        Selector ours = connection.local().client().orElseThrow();
        Selector theirs = connection.remote().client().orElseThrow();
        for (BareShunt shunt : bare.newestFirst()) {
            if (shunt.kind() == Shunt.HOLD
                    && shunt.ours().protocol() == ours.protocol()
                    && ours.contains(shunt.ours())
                    && theirs.contains(shunt.theirs())) {
                if (!remove(shunt, logger)) {
                    logger.log("failed to delete " + shunt.story());
                }
                bare.forget(shunt.ours(), shunt.theirs(), logger);
            }
        }
    }

    /** All packets of the connection meet its negotiation shunt. */
    boolean widen(Connection connection) {
        Shunt negotiation = connection.config().shunts().negotiation();
        return negotiation == Shunt.HOLD
                || kernel.put(new PolicyBuilder(connection).replacingShunt(negotiation), connection.logger());
    }

    /** What packets meet that belongs to no connection; the kernel holds by itself. */
    boolean put(Selector ours, Selector theirs, Shunt shunt, int priority, Logger logger) {
        return shunt == Shunt.HOLD || kernel.put(PolicyBuilder.bare(ours, theirs, shunt, priority), logger);
    }

    /** As libreswan: even if the kernel was never asked. */
    boolean remove(BareShunt shunt, Logger logger) {
        return kernel.remove(
                shunt.kind() == Shunt.HOLD
                        ? bare(shunt.ours(), shunt.theirs())
                        : PolicyBuilder.bare(shunt.ours(), shunt.theirs(), Shunt.PASS, 0),
                logger);
    }

    /** What the kernel holds a packet by, which it need not have. As libreswan: without ports. */
    void removeIfThere(Selector ours, Selector theirs, Logger logger) {
        kernel.removeIfThere(bare(ours, theirs), logger);
    }

    private static KernelPolicy bare(Selector ours, Selector theirs) {
        return PolicyBuilder.bare(withoutPort(ours), withoutPort(theirs), Shunt.PASS, 0);
    }

    private static Selector withoutPort(Selector end) {
        return new Selector(Subnet.host(end.subnet().address()), end.protocol(), 0);
    }
}
