// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.child;

import java.util.List;
import org.jswan.connection.Connection;
import org.jswan.exchange.Initiator;
import org.jswan.log.WhackSession;
import org.jswan.sa.ChildSa;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Sa;

/** What can be begun on an IKEv2 SA that is up. */
public record EstablishedExchanges(CreateChildInitiator createChild, RekeyIke rekeyIke) implements Initiator.Exchanges {
    @Override
    public void newChild(IkeSa ike, Connection connection, List<WhackSession> watching) {
        createChild.begin(ike, connection, watching);
    }

    @Override
    public void rekey(Sa old) {
        if (old instanceof ChildSa child) {
            createChild.rekey(child);
        } else {
            rekeyIke.begin((IkeSa) old);
        }
    }
}
