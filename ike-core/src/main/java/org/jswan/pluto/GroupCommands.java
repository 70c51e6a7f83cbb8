// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import org.jswan.connection.Asker;
import org.jswan.connection.ConnectionDatabase;
import org.jswan.control.WhackCommand.ListGroups;
import org.jswan.control.WhackCommand.RereadGroups;
import org.jswan.log.RcCode;
import org.jswan.routing.PolicyGroups;
import org.jswan.status.GroupLines;

/** {@code --rereadgroups}, {@code --listgroups}. */
final class GroupCommands {
    private final ConnectionDatabase connections;
    private final PolicyGroups groups;

    GroupCommands(ConnectionDatabase connections, PolicyGroups groups) {
        this.connections = connections;
        this.groups = groups;
    }

    void register(CommandTable table) {
        table.slow(
                RereadGroups.class,
                (command, request, done) -> groups.read(new Asker(request.logger(), request.session()), done));
        table.on(ListGroups.class, (command, request) -> GroupLines.of(connections)
                .forEach(line -> request.logger().whackOnly(RcCode.COMMENT, line)));
    }
}
