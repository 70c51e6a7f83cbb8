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

import java.util.EnumMap;
import java.util.Map;
import org.jswan.connection.RoutingState;

/** Which event does what in which state of a connection's routing: complete, each pair stands here. */
final class RoutingTable {
    /** What is done. */
    enum Step {
        /** All is as it should be. */
        NOTHING,
        /** Somebody else needs what should go. */
        REFUSED,
        /** Shunt and route; then {@link RoutingState#ROUTED_PROSPECTIVE}. */
        INSTALL_SHUNT,
        /** Shunt and route go; then {@link RoutingState#UNROUTED}. */
        REMOVE_SHUNT,
        /** The kernel holds packets; then {@link RoutingState#UNROUTED_HOLD}. */
        HOLD_UNROUTED,
        /** The kernel holds packets; then {@link RoutingState#ROUTED_HOLD}. */
        HOLD_ROUTED,
        /** SAs, policies, {@code up}, route; then {@link RoutingState#ROUTED_TUNNEL}. */
        INSTALL_TUNNEL,
        /** SAs, outbound policy; {@link RoutingState#ROUTED_TUNNEL} stays, its owner changes. */
        REPLACE_TUNNEL,
        /**
         * {@code down}, shunt instead of policies, SAs; then {@link RoutingState#ROUTED_PROSPECTIVE}, {@link
         * RoutingState#ROUTED_FAILURE} or, for some instances, {@link RoutingState#UNROUTED}.
         */
        REMOVE_TUNNEL,
        /** Only the SAs go. */
        REMOVE_SAS
    }

    private static final Map<RoutingEvent, Map<RoutingState, Step>> ROWS = new EnumMap<>(RoutingEvent.class);

    static {
        on(RoutingEvent.TRAP)
                .in(UNROUTED, Step.INSTALL_SHUNT)
                .in(UNROUTED_HOLD, Step.INSTALL_SHUNT)
                .in(ROUTED_ECLIPSED, Step.INSTALL_SHUNT)
                .in(ROUTED_PROSPECTIVE, Step.INSTALL_SHUNT)
                .in(ROUTED_HOLD, Step.INSTALL_SHUNT)
                .in(ROUTED_FAILURE, Step.INSTALL_SHUNT)
                .in(ROUTED_TUNNEL, Step.NOTHING)
                .in(UNROUTED_KEYED, Step.NOTHING);
        on(RoutingEvent.UNTRAP)
                .in(UNROUTED, Step.NOTHING)
                .in(UNROUTED_HOLD, Step.REMOVE_SHUNT)
                .in(ROUTED_ECLIPSED, Step.REMOVE_SHUNT)
                .in(ROUTED_PROSPECTIVE, Step.REMOVE_SHUNT)
                .in(ROUTED_HOLD, Step.REMOVE_SHUNT)
                .in(ROUTED_FAILURE, Step.REMOVE_SHUNT)
                .in(ROUTED_TUNNEL, Step.REFUSED)
                .in(UNROUTED_KEYED, Step.REFUSED);
        on(RoutingEvent.ACQUIRE)
                .in(UNROUTED, Step.HOLD_UNROUTED)
                .in(UNROUTED_HOLD, Step.NOTHING)
                .in(ROUTED_ECLIPSED, Step.NOTHING)
                .in(ROUTED_PROSPECTIVE, Step.HOLD_ROUTED)
                .in(ROUTED_HOLD, Step.NOTHING)
                .in(ROUTED_FAILURE, Step.NOTHING)
                .in(ROUTED_TUNNEL, Step.NOTHING)
                .in(UNROUTED_KEYED, Step.NOTHING);
        on(RoutingEvent.ESTABLISH)
                .in(UNROUTED, Step.INSTALL_TUNNEL)
                .in(UNROUTED_HOLD, Step.INSTALL_TUNNEL)
                .in(ROUTED_ECLIPSED, Step.INSTALL_TUNNEL)
                .in(ROUTED_PROSPECTIVE, Step.INSTALL_TUNNEL)
                .in(ROUTED_HOLD, Step.INSTALL_TUNNEL)
                .in(ROUTED_FAILURE, Step.INSTALL_TUNNEL)
                .in(ROUTED_TUNNEL, Step.REPLACE_TUNNEL)
                .in(UNROUTED_KEYED, Step.REPLACE_TUNNEL);
        on(RoutingEvent.TEARDOWN)
                .in(UNROUTED, Step.REMOVE_SAS)
                .in(UNROUTED_HOLD, Step.REMOVE_SAS)
                .in(ROUTED_ECLIPSED, Step.REMOVE_SAS)
                .in(ROUTED_PROSPECTIVE, Step.REMOVE_SAS)
                .in(ROUTED_HOLD, Step.REMOVE_SAS)
                .in(ROUTED_FAILURE, Step.REMOVE_SAS)
                .in(ROUTED_TUNNEL, Step.REMOVE_TUNNEL)
                .in(UNROUTED_KEYED, Step.REMOVE_SAS);
    }

    private RoutingTable() {}

    static Step step(RoutingEvent event, RoutingState state) {
        return ROWS.get(event).get(state);
    }

    private static Row on(RoutingEvent event) {
        Map<RoutingState, Step> steps = new EnumMap<>(RoutingState.class);
        ROWS.put(event, steps);
        return new Row(steps);
    }

    private record Row(Map<RoutingState, Step> steps) {
        Row in(RoutingState state, Step step) {
            steps.put(state, step);
            return this;
        }
    }
}
