// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationText;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndConfig;
import org.jswan.crypto.keymat.AuthKeys;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.Verdict;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;

/** No authentication: the AUTH payload proves but who sent the first message (RFC 7619 §2.1). */
public final class NullAuthentication implements Authenticator {
    @Override
    public Verdict prove(IkeSa ike, Own own, Proven then) throws ProtocolFailure {
        return then.with(() -> new AuthPayload(AuthPayload.NULL, value(ike, own)));
    }

    /** The AUTH value, the key being SK_pi or SK_pr. */
    public static Bytes value(IkeSa ike, Own own) {
        boolean initiator = ike.role() == IkeRole.INITIATOR;
        return AuthKeys.preSharedKey(
                ike.keys().prf(),
                own.keys().skP(initiator),
                SignedOctets.ours(ike, own, SignedOctets.Order.INITIATOR_FIRST));
    }

    @Override
    public Verdict verify(IkeSa ike, Claim claim, Verdict.Step then) throws ProtocolFailure {
        EndConfig remote = ike.connection().remote().config();
        if (!remote.mayProveNothing()) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    claim.onFailure(),
                    "authentication failed: peer attempted NULL authentication but we want "
                            + AuthenticationText.of(remote.auth()));
        }
        boolean byInitiator = ike.role() == IkeRole.RESPONDER;
        SharedKey.check(ike, claim, () -> ike.keys().skP(byInitiator), EndAuthentication.NULL);
        ike.setPeerAnonymous(true);
        return then.go();
    }
}
