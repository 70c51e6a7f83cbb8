// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.Optional;
import org.jswan.connection.EndAuthentication;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.Verdict;
import org.jswan.impair.Impairments;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;

/** All ways to prove an identity: which one it is to be, the connection says for us, and the AUTH payload for the peer. */
public final class Authentication implements Authenticator {
    private final Authenticator sharedKey;
    private final Authenticator none = new NullAuthentication();
    private final Authenticator signature;
    private final Impairments impair;

    public Authentication(Context context) {
        sharedKey = new SharedKey(context);
        signature = new SignatureAuthentication(context);
        impair = context.world().impair();
    }

    @Override
    public Verdict prove(IkeSa ike, Own own, Proven then) throws ProtocolFailure {
        return ours(ike).prove(ike, own, then);
    }

    private Authenticator ours(IkeSa ike) {
        Optional<Integer> forced = ForcedMethod.of(impair);
        if (forced.isPresent()) {
            return byNumber(forced.get()).orElse(signature);
        }
        if (ike.negotiation().authentication().isNullWanted()) {
            return none;
        }
        EndAuthentication auth = ike.connection().local().config().auth();
        return switch (auth) {
            case PSK, EAPONLY -> sharedKey;
            case NULL -> none;
            case RSASIG, ECDSA -> signature;
            case NEVER -> throw new IllegalStateException(ike.connection() + " does not negotiate");
        };
    }

    @Override
    public Verdict verify(IkeSa ike, Claim claim, Verdict.Step then) throws ProtocolFailure {
        int method = claim.auth().method();
        return byNumber(method)
                .orElseThrow(() -> ProtocolFailure.of(
                        NotifyType.AUTHENTICATION_FAILED,
                        claim.onFailure(),
                        "authentication failed: method " + name(method) + " not supported"))
                .verify(ike, claim, then);
    }

    private Optional<Authenticator> byNumber(int method) {
        return switch (method) {
            case AuthPayload.SHARED_KEY -> Optional.of(sharedKey);
            case AuthPayload.NULL -> Optional.of(none);
            case AuthPayload.RSA_SIGNATURE,
                    AuthPayload.ECDSA_SHA2_256_P256,
                    AuthPayload.ECDSA_SHA2_384_P384,
                    AuthPayload.ECDSA_SHA2_512_P521,
                    AuthPayload.DIGITAL_SIGNATURE -> Optional.of(signature);
            default -> Optional.empty();
        };
    }

    private static String name(int method) {
        return method == AuthPayload.DSS_SIGNATURE ? "IKEv2_AUTH_DSS_DIGITAL_SIGNATURE" : Integer.toString(method);
    }
}
