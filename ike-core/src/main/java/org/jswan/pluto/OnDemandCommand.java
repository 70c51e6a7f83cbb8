// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.pluto;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jswan.base.IpAddress;
import org.jswan.base.Selector;
import org.jswan.base.Subnet;
import org.jswan.control.WhackCommand.OpportunisticInitiate;
import org.jswan.log.RcCode;
import org.jswan.pluto.CommandTable.Request;
import org.jswan.routing.OnDemand;

/** The command that brings up what a packet would. */
final class OnDemandCommand {
    private final OnDemand onDemand;
    private final BooleanSupplier listening;

    OnDemandCommand(OnDemand onDemand, BooleanSupplier listening) {
        this.onDemand = onDemand;
        this.listening = listening;
    }

    void run(OpportunisticInitiate command, Request request) {
        if (!listening.getAsBoolean()) {
            request.logger().whackOnly(RcCode.DEAF, "need --listen before opportunistic initiation");
            return;
        }
        onDemand.pretend(
                end(command.here(), command.protocol(), command.sourcePort()),
                end(command.there(), command.protocol(), command.destinationPort()),
                request.logger(),
                request.background() ? List.of() : List.of(request.session()));
    }

    private static Selector end(IpAddress address, int protocol, int port) {
        return new Selector(Subnet.host(address), protocol, port);
    }
}
