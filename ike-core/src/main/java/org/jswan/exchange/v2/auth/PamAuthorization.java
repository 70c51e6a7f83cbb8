// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.xauth.PamConversation;
import org.jswan.xauth.XauthQuestion;

/** {@code pam-authorize=}: whether an initiator that has proven who it is may come in, PAM says. */
public final class PamAuthorization {
    /** As libreswan: there is none, but modules ask. */
    private static final Bytes PASSWORD = Bytes.ofUtf8("password");

    private final Context context;

    public PamAuthorization(Context context) {
        this.context = context;
    }

    /** Goes on with {@code next} if the connection lets PAM say nothing, or PAM says yes. */
    public Verdict check(IkeSa ike, Verdict.Step next) throws ProtocolFailure {
        Connection c = ike.connection();
        if (!c.has(ConnectionPolicy.IKEV2_PAM_AUTHORIZE)) {
            return next.go();
        }
        String peer = ike.negotiation().peerId().orElseGet(c.remote()::id).toString();
        ike.logger().log("IKEv2: [XAUTH]PAM method requested to authorize '" + peer + "'");
        XauthQuestion question = new XauthQuestion(
                Bytes.ofUtf8(peer),
                Secret.copyOf(PASSWORD),
                c,
                ike.serial(),
                ike.remote().address(),
                ike.logger());
        return Verdict.suspend(resume -> new PamConversation(
                context.world(),
                context.sas().statistics(),
                question,
                "IKEv2",
                fine -> resume.resume(() -> {
                    if (!fine) {
                        throw ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, "");
                    }
                    return next.go();
                })));
    }
}
