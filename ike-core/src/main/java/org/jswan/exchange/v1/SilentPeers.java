// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1;

import org.jswan.exchange.Context;
import org.jswan.exchange.Lifecycle.Notice;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;
import org.jswan.sa.Statistics;
import org.jswan.sa.V1State;

/** Ends SAs whose peers do not go on; what we had begun is tried again. */
final class SilentPeers {
    private final Context context;
    private final Negotiations negotiations;

    SilentPeers(Context context, Negotiations negotiations) {
        this.context = context;
        this.negotiations = negotiations;
    }

    /** The peer does not answer. */
    void silent(Sa sa) {
        sa.setEnd(Statistics.End.TOO_MANY_RETRANSMITS);
        if (isOurBeginning(sa)) {
            negotiations.tryAgain(sa);
        }
        giveUp(sa);
    }

    private static boolean isOurBeginning(Sa sa) {
        return sa instanceof IkeSa ike
                ? ike.role() == IkeRole.INITIATOR && !ike.isEstablished()
                : sa.state() == V1State.QUICK_I1;
    }

    /** The SA ends without a try for another. An initiator may have an IPsec SA already that we give up: it is told. */
    void giveUp(Sa sa) {
        if (sa instanceof IkeSa ike) {
            context.lifecycle().end(ike, Notice.IF_ESTABLISHED);
        } else {
            context.lifecycle().endChild((ChildSa) sa, Notice.IF_ESTABLISHED);
        }
    }
}
