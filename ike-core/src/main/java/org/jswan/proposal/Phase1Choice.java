// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.proposal;

import java.time.Duration;
import org.jswan.crypto.IkeSuite;
import org.jswan.wire.WireProposal;

/**
 * What two ends agreed upon for an ISAKMP SA.
 *
 * @param suite without integrity, which IKEv1 has not
 * @param xauth whether one of them proves itself by XAUTH too
 * @param life what the transform says, at most a day; eight hours if it says nothing. The SA ends after this or the
 *     connection's own lifetime, whichever is shorter
 * @param answer what a responder sends back: the transform exactly as it came, its number included
 */
public record Phase1Choice(IkeSuite suite, Phase1Auth auth, boolean xauth, Duration life, WireProposal answer) {
    /**
     * As logged when the SA is established: {@code {auth=PRESHARED_KEY cipher=AES_CBC_256 integ=HMAC_SHA2_256
     * group=MODP2048}}.
     */
    public String details() {
        return "{auth=" + auth + " cipher=" + suite.cipherName() + " integ="
                + suite.prf().fqn() + " group=" + suite.group().fqn() + "}";
    }
}
