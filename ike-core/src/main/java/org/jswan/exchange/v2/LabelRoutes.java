// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2;

import org.jswan.connection.Connection;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.sa.IkeSa;

/** An IKE SA whose packets' labels get Child SAs of their own brings their policies, be there any Child SA or none. */
final class LabelRoutes {
    private final Context context;

    LabelRoutes(Context context) {
        this.context = context;
    }

    /** Goes on when the policies are there; without them there is no IKE SA either. */
    Verdict install(IkeSa ike, Verdict.Step then) throws ProtocolFailure {
        Connection c = ike.connection();
        if (!c.config().isLabelled()) {
            return then.go();
        }
        return Verdict.suspendHolding(resume -> context.kernel()
                .routeLabels(
                        c,
                        ike.logger(),
                        routed -> resume.resume(() -> {
                            if (!routed) {
                                throw ProtocolFailure.silent(Scope.IKE_SA, "");
                            }
                            return then.go();
                        })));
    }
}
