// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.whack;

import java.util.List;
import org.jswan.control.WhackCommand;

/** In which order pluto carries out what one request asks for, whatever the order of the options was. */
final class CommandOrder {
    private static final List<Class<? extends WhackCommand>> ORDER = List.of(
            WhackCommand.Adjust.class,
            WhackCommand.RekeyIke.class,
            WhackCommand.RekeyIpsec.class,
            WhackCommand.Delete.class,
            WhackCommand.DeleteUser.class,
            WhackCommand.DeleteId.class,
            WhackCommand.DeleteState.class,
            WhackCommand.Crash.class,
            WhackCommand.Add.class,
            WhackCommand.ActiveRedirect.class,
            WhackCommand.GlobalRedirectTo.class,
            WhackCommand.GlobalRedirect.class,
            WhackCommand.SocketBuffer.class,
            WhackCommand.ToggleErrorQueue.class,
            WhackCommand.Listen.class,
            WhackCommand.Unlisten.class,
            WhackCommand.Ddos.class,
            WhackCommand.Ddns.class,
            WhackCommand.RereadSecrets.class,
            WhackCommand.RereadGroups.class,
            WhackCommand.ListPublicKeys.class,
            WhackCommand.CheckPublicKeys.class,
            WhackCommand.PurgeOcsp.class,
            WhackCommand.RereadCrls.class,
            WhackCommand.FetchCrls.class,
            WhackCommand.RereadCerts.class,
            WhackCommand.ListPsks.class,
            WhackCommand.ListCerts.class,
            WhackCommand.ListCaCerts.class,
            WhackCommand.ListCrls.class,
            WhackCommand.ListGroups.class,
            WhackCommand.ListEvents.class,
            WhackCommand.Key.class,
            WhackCommand.Route.class,
            WhackCommand.Unroute.class,
            WhackCommand.Initiate.class,
            WhackCommand.OpportunisticInitiate.class,
            WhackCommand.Terminate.class,
            WhackCommand.Status.class,
            WhackCommand.GlobalStatus.class,
            WhackCommand.ClearStats.class,
            WhackCommand.TrafficStatus.class,
            WhackCommand.ShuntStatus.class,
            WhackCommand.FipsStatus.class,
            WhackCommand.BriefStatus.class,
            WhackCommand.ProcessStatus.class,
            WhackCommand.AddressPoolStatus.class,
            WhackCommand.ShowStates.class,
            WhackCommand.Shutdown.class);

    private CommandOrder() {}

    static int of(WhackCommand command) {
        int place = ORDER.indexOf(command.getClass());
        if (place < 0) {
            throw new IllegalStateException("no place for " + command);
        }
        return place;
    }
}
