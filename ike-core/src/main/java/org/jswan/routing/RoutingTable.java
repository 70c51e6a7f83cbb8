// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.jswan.connection.RoutingState.ROUTED_ECLIPSED;
import static org.jswan.connection.RoutingState.ROUTED_FAILURE;
import static org.jswan.connection.RoutingState.ROUTED_HOLD;
import static org.jswan.connection.RoutingState.ROUTED_PROSPECTIVE;
import static org.jswan.connection.RoutingState.ROUTED_TUNNEL;
import static org.jswan.connection.RoutingState.UNROUTED;
import static org.jswan.connection.RoutingState.UNROUTED_HOLD;
import static org.jswan.connection.RoutingState.UNROUTED_KEYED;
import static org.jswan.routing.RoutingKind.HOST;
import static org.jswan.routing.RoutingKind.NETWORK;
import static org.jswan.routing.RoutingKind.PASSING;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jswan.connection.Connection;
import org.jswan.connection.RoutingState;

/** Which event does what in which state of which kind of connection: what does not stand here does nothing. */
final class RoutingTable {
    /** What is done. */
    enum Step {
        /** All is as it should be. */
        NOTHING,
        /** Somebody else needs what should go. */
        REFUSED,
        /** Shunt and route; then {@link RoutingState#ROUTED_PROSPECTIVE}. */
        INSTALL_SHUNT,
        /**
         * Shunt and route go; then {@link RoutingState#UNROUTED}. The trap of the template that an instance eclipsed comes
         * back.
         */
        REMOVE_SHUNT,
        /** The route goes, the policy is the instance's; then {@link RoutingState#UNROUTED}. */
        REMOVE_ROUTE,
        /** The kernel holds packets; then {@link RoutingState#UNROUTED_HOLD}. */
        HOLD_UNROUTED,
        /** The kernel holds packets; then {@link RoutingState#ROUTED_HOLD}. */
        HOLD_ROUTED,
        /** All of the networks' packets meet the negotiation shunt. As libreswan: the state stays. */
        WIDEN,
        /** The negotiation shunt is nobody's from now on; {@link RoutingState#UNROUTED}, so that nothing is taken away. */
        ABANDON_SHUNT,
        /** The negotiation shunt goes with the connection; {@link RoutingState#UNROUTED_HOLD} until then. */
        CLAIM_SHUNT,
        /** The trap of the template is about to come back; {@link RoutingState#ROUTED_PROSPECTIVE} until then. */
        CLAIM_TRAP,
        /** {@link RoutingState#ROUTED_ECLIPSED}: the instance has the policy. */
        ECLIPSE,
        /** Shunt; then {@link RoutingState#ROUTED_PROSPECTIVE}. */
        RESTORE_SHUNT,
        /** SAs, policies, {@code up}, route; then {@link RoutingState#ROUTED_TUNNEL}. */
        INSTALL_TUNNEL,
        /** SAs, outbound policy; {@link RoutingState#ROUTED_TUNNEL} stays, its owner changes. */
        REPLACE_TUNNEL,
        /**
         * {@code down}, shunt instead of policies, SAs; then {@link RoutingState#ROUTED_PROSPECTIVE} or {@link
         * RoutingState#ROUTED_FAILURE}.
         */
        TUNNEL_TO_SHUNT,
        /** {@code down}, policies, route and SAs go; then {@link RoutingState#UNROUTED}. */
        REMOVE_TUNNEL,
        /** Only the SAs go. */
        REMOVE_SAS
    }

    private static final RoutingKind[] ALL = RoutingKind.values();
    private static final RoutingKind[] NEGOTIATING = {HOST, NETWORK, PASSING};
    private static final RoutingKind[] LASTING = {HOST, NETWORK};
    private static final Map<RoutingEvent, Map<RoutingKind, Map<RoutingState, Step>>> ROWS =
            new EnumMap<>(RoutingEvent.class);

    static {
        on(RoutingEvent.TRAP, ALL)
                .in(UNROUTED, Step.INSTALL_SHUNT)
                .in(UNROUTED_HOLD, Step.INSTALL_SHUNT)
                .in(ROUTED_ECLIPSED, Step.INSTALL_SHUNT)
                .in(ROUTED_PROSPECTIVE, Step.INSTALL_SHUNT)
                .in(ROUTED_HOLD, Step.INSTALL_SHUNT)
                .in(ROUTED_FAILURE, Step.INSTALL_SHUNT);
        on(RoutingEvent.UNTRAP, ALL)
                .in(UNROUTED_HOLD, Step.REMOVE_SHUNT)
                .in(ROUTED_ECLIPSED, Step.REMOVE_ROUTE)
                .in(ROUTED_PROSPECTIVE, Step.REMOVE_SHUNT)
                .in(ROUTED_HOLD, Step.REMOVE_SHUNT)
                .in(ROUTED_FAILURE, Step.REMOVE_SHUNT)
                .in(ROUTED_TUNNEL, Step.REFUSED)
                .in(UNROUTED_KEYED, Step.REFUSED);
        on(RoutingEvent.ACQUIRE, HOST, PASSING)
                .in(UNROUTED, Step.HOLD_UNROUTED)
                .in(ROUTED_PROSPECTIVE, Step.HOLD_ROUTED);
        on(RoutingEvent.ACQUIRE, NETWORK).in(UNROUTED, Step.WIDEN).in(ROUTED_PROSPECTIVE, Step.WIDEN);
        on(RoutingEvent.INSTANTIATE, HOST).in(ROUTED_PROSPECTIVE, Step.ECLIPSE);
        on(RoutingEvent.INSTANCE_GONE, HOST).in(ROUTED_ECLIPSED, Step.RESTORE_SHUNT);
        on(RoutingEvent.NEGOTIATION_FAILED, PASSING)
                .in(UNROUTED_HOLD, Step.ABANDON_SHUNT)
                .in(UNROUTED, Step.CLAIM_SHUNT)
                .in(ROUTED_HOLD, Step.CLAIM_TRAP);
        on(RoutingEvent.ESTABLISH, NEGOTIATING)
                .in(UNROUTED, Step.INSTALL_TUNNEL)
                .in(UNROUTED_HOLD, Step.INSTALL_TUNNEL)
                .in(ROUTED_ECLIPSED, Step.INSTALL_TUNNEL)
                .in(ROUTED_PROSPECTIVE, Step.INSTALL_TUNNEL)
                .in(ROUTED_HOLD, Step.INSTALL_TUNNEL)
                .in(ROUTED_FAILURE, Step.INSTALL_TUNNEL)
                .in(ROUTED_TUNNEL, Step.REPLACE_TUNNEL)
                .in(UNROUTED_KEYED, Step.REPLACE_TUNNEL);
        on(RoutingEvent.TEARDOWN, NEGOTIATING)
                .in(UNROUTED, Step.REMOVE_SAS)
                .in(UNROUTED_HOLD, Step.REMOVE_SAS)
                .in(ROUTED_ECLIPSED, Step.REMOVE_SAS)
                .in(ROUTED_PROSPECTIVE, Step.REMOVE_SAS)
                .in(ROUTED_HOLD, Step.REMOVE_SAS)
                .in(ROUTED_FAILURE, Step.REMOVE_SAS)
                .in(UNROUTED_KEYED, Step.REMOVE_SAS);
        on(RoutingEvent.TEARDOWN, LASTING).in(ROUTED_TUNNEL, Step.TUNNEL_TO_SHUNT);
        on(RoutingEvent.TEARDOWN, PASSING).in(ROUTED_TUNNEL, Step.REMOVE_TUNNEL);
    }

    private RoutingTable() {}

    static Step step(RoutingEvent event, Connection connection) {
        return step(event, RoutingKind.of(connection), connection.routing());
    }

    static Step step(RoutingEvent event, RoutingKind kind, RoutingState state) {
        return ROWS.getOrDefault(event, Map.of()).getOrDefault(kind, Map.of()).getOrDefault(state, Step.NOTHING);
    }

    private static Row on(RoutingEvent event, RoutingKind... kinds) {
        return new Row(event, List.of(kinds));
    }

    private record Row(RoutingEvent event, List<RoutingKind> kinds) {
        Row in(RoutingState state, Step step) {
            for (RoutingKind kind : kinds) {
                ROWS.computeIfAbsent(event, e -> new EnumMap<>(RoutingKind.class))
                        .computeIfAbsent(kind, k -> new EnumMap<>(RoutingState.class))
                        .put(state, step);
            }
            return this;
        }
    }
}
