// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jswan.connection.RoutingState;
import org.junit.jupiter.api.Test;

class RoutingTableTest {
    /** Each event and kind, then the steps in the states' order: the first letters of what is done, {@code -} nothing. */
    private static final List<String> ROWS = List.of(
            "TRAP NEVER IS IS IS IS IS IS - -",
            "TRAP HOST IS IS IS IS IS IS - -",
            "TRAP NETWORK IS IS IS IS IS IS - -",
            "TRAP PASSING IS IS IS IS IS IS - -",
            "UNTRAP NEVER - RMS RMR RMS RMS RMS R R",
            "UNTRAP HOST - RMS RMR RMS RMS RMS R R",
            "UNTRAP NETWORK - RMS RMR RMS RMS RMS R R",
            "UNTRAP PASSING - RMS RMR RMS RMS RMS R R",
            "ACQUIRE NEVER - - - - - - - -",
            "ACQUIRE HOST HU - - HR - - - -",
            "ACQUIRE NETWORK W - - W - - - -",
            "ACQUIRE PASSING HU - - HR - - - -",
            "INSTANTIATE NEVER - - - - - - - -",
            "INSTANTIATE HOST - - - E - - - -",
            "INSTANTIATE NETWORK - - - - - - - -",
            "INSTANTIATE PASSING - - - - - - - -",
            "INSTANCE_GONE NEVER - - - - - - - -",
            "INSTANCE_GONE HOST - - RS - - - - -",
            "INSTANCE_GONE NETWORK - - - - - - - -",
            "INSTANCE_GONE PASSING - - - - - - - -",
            "NEGOTIATION_FAILED NEVER - - - - - - - -",
            "NEGOTIATION_FAILED HOST - - - - - - - -",
            "NEGOTIATION_FAILED NETWORK - - - - - - - -",
            "NEGOTIATION_FAILED PASSING CS AS - - CT - - -",
            "ESTABLISH NEVER - - - - - - - -",
            "ESTABLISH HOST IT IT IT IT IT IT RT RT",
            "ESTABLISH NETWORK IT IT IT IT IT IT RT RT",
            "ESTABLISH PASSING IT IT IT IT IT IT RT RT",
            "TEARDOWN NEVER - - - - - - - -",
            "TEARDOWN HOST SA SA SA SA SA SA TS SA",
            "TEARDOWN NETWORK SA SA SA SA SA SA TS SA",
            "TEARDOWN PASSING SA SA SA SA SA SA RMT SA");

    private static String code(RoutingTable.Step step) {
        return switch (step) {
            case NOTHING -> "-";
            case REFUSED -> "R";
            case INSTALL_SHUNT -> "IS";
            case REMOVE_SHUNT -> "RMS";
            case REMOVE_ROUTE -> "RMR";
            case HOLD_UNROUTED -> "HU";
            case HOLD_ROUTED -> "HR";
            case WIDEN -> "W";
            case ABANDON_SHUNT -> "AS";
            case CLAIM_SHUNT -> "CS";
            case CLAIM_TRAP -> "CT";
            case ECLIPSE -> "E";
            case RESTORE_SHUNT -> "RS";
            case INSTALL_TUNNEL -> "IT";
            case REPLACE_TUNNEL -> "RT";
            case TUNNEL_TO_SHUNT -> "TS";
            case REMOVE_TUNNEL -> "RMT";
            case REMOVE_SAS -> "SA";
        };
    }

    @Test
    void eachEventInEachStateOfEachKind() {
        List<String> rows = new ArrayList<>();
        Set<RoutingTable.Step> met = EnumSet.noneOf(RoutingTable.Step.class);
        for (RoutingEvent event : RoutingEvent.values()) {
            for (RoutingKind kind : RoutingKind.values()) {
                StringBuilder row = new StringBuilder(event + " " + kind);
                for (RoutingState state : RoutingState.values()) {
                    RoutingTable.Step step = RoutingTable.step(event, kind, state);
                    met.add(step);
                    row.append(' ').append(code(step));
                }
                rows.add(row.toString());
            }
        }
        assertThat(rows).isEqualTo(ROWS);
        assertThat(met).as("no step is unreachable").containsAll(Arrays.asList(RoutingTable.Step.values()));
    }
}
