// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.function.Consumer;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.NatTraversal;
import org.jswan.exchange.v1.engine.VendorIds;
import org.jswan.sa.IkeSa;

/** What both modes and both roles of phase 1 are made of. */
public record Phase1Parts(
        Context context,
        VendorIds vendorIds,
        NatTraversal nat,
        Phase1Proposals proposals,
        Phase1Agreement agreement,
        Phase1Identity identity,
        Phase1Authentication authentication) {
    /** @param beforeNewest told of an ISAKMP SA that is proven, while the one before it is still its connection's newest */
    public static Phase1Parts of(Context context, VendorIds vendorIds, NatTraversal nat, Consumer<IkeSa> beforeNewest) {
        Phase1Certificates certificates = new Phase1Certificates(context);
        return new Phase1Parts(
                context,
                vendorIds,
                nat,
                new Phase1Proposals(context),
                new Phase1Agreement(context),
                new Phase1Identity(context, certificates, beforeNewest),
                new Phase1Authentication(context, certificates));
    }
}
