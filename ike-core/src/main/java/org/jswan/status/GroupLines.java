// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.status;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.connection.EndConfig;

/** The lines of {@code --listgroups}: groups of peers by address, and groups that peers must belong to. */
public final class GroupLines {
    private GroupLines() {}

    public static List<String> of(ConnectionDatabase connections) {
        Listing listing = new Listing();
        listing.blank();
        listing.heading("List of Groups:");
        Map<String, Set<String>> named = new TreeMap<>();
        for (Connection connection : connections.sorted()) {
            if (connection.kind() == ConnectionKind.GROUP) {
                listing.line("policy group " + connection + ": "
                        + connections.members(connection).size() + " members"
                        + (connection.has(ConnectionPolicy.GROUTED) ? ", routed" : ""));
            }
            for (EndConfig.Side side : EndConfig.Side.values()) {
                Optional<String> groups =
                        connection.config().end(side).certificate().groups();
                for (String name : groups.orElse("").split("[ ,\t]+")) {
                    named.computeIfAbsent(name, n -> new TreeSet<>()).add('"' + connection.name() + '"');
                }
            }
        }
        named.remove("");
        named.forEach((name, users) -> listing.line("group '" + name + "' of peers: " + String.join(", ", users)));
        return listing.end();
    }
}
