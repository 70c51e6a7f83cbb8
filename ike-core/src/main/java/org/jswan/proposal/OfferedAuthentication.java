// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import org.jswan.wire.WireAttribute;
import org.jswan.wire.WireProposal;
import org.jswan.wire.WireTransform;

/**
 * By what an initiator of phase 1 offers to prove itself: by this a responder picks a connection before it looks at the rest.
 *
 * @param xauth whether it offers XAUTH of the initiator
 */
public record OfferedAuthentication(boolean psk, boolean rsaSig, boolean xauth) {
    /** What any transform of {@code proposal} has. */
    public static OfferedAuthentication of(WireProposal proposal) {
        boolean psk = false;
        boolean rsaSig = false;
        boolean xauth = false;
        for (WireTransform transform : proposal.transforms()) {
            for (WireAttribute attribute : transform.attributes()) {
                int method = attribute.type() == Ikev1Attribute.OAKLEY_AUTHENTICATION_METHOD && attribute.fixed()
                        ? attribute.number().orElseThrow()
                        : 0;
                psk |= isBy(Phase1Auth.PRESHARED_KEY, method);
                rsaSig |= isBy(Phase1Auth.RSA_SIG, method);
                xauth |= method == Phase1Auth.PRESHARED_KEY.method(Phase1Auth.Xauth.INITIATOR)
                        || method == Phase1Auth.RSA_SIG.method(Phase1Auth.Xauth.INITIATOR);
            }
        }
        return new OfferedAuthentication(psk, rsaSig, xauth);
    }

    private static boolean isBy(Phase1Auth auth, int method) {
        return method == auth.method(Phase1Auth.Xauth.NONE) || method == auth.method(Phase1Auth.Xauth.INITIATOR);
    }
}
