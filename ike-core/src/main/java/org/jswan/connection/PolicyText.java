// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.connection;

import java.util.ArrayList;
import java.util.List;
import org.jswan.connection.ConnectionConfig.Shunts;

/** A connection's policy in one word, as status lines and updown have it: {@code IKEv2+PSK+ENCRYPT+TUNNEL}. */
public final class PolicyText {
    private PolicyText() {}

    public static String of(Connection connection) {
        List<String> words = new ArrayList<>();
        words.add(connection.config().ikeVersion() == IkeVersion.IKEV1 ? "IKEv1" : "IKEv2");
        if (!connection.local().config().authby().isEmpty()) {
            words.add(AuthenticationText.of(connection.local().config().authby()));
        }
        connection.policies().forEach(policy -> words.add(policy.name()));
        Shunts shunts = connection.config().shunts();
        if (shunts.prospective() != Shunt.TRAP) {
            words.add(shunts.prospective().name());
        }
        if (shunts.negotiation() != Shunt.HOLD) {
            words.add("NEGO_" + shunts.negotiation());
        }
        if (shunts.failure() != Shunt.NONE) {
            words.add("failure" + shunts.failure());
        }
        if (connection.config().neverNegotiates()) {
            words.add("NEVER_NEGOTIATE");
        }
        return String.join("+", words);
    }
}
