// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.security.MessageDigest;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.connection.AuthenticationText;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.Prf;
import org.jswan.crypto.keymat.AuthKeys;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;

/** Authentication by a pre-shared key (RFC 7296 §2.15). */
public final class SharedKey implements Authenticator {
    private final Context context;

    SharedKey(Context context) {
        this.context = context;
    }

    @Override
    public Verdict prove(IkeSa ike, Own own, Proven then) throws ProtocolFailure {
        return then.with(() -> payload(ike, own));
    }

    private AuthPayload payload(IkeSa ike, Own own) throws ProtocolFailure {
        Secret key;
        try {
            key = key(ike);
        } catch (ProtocolFailure missing) {
            ike.logger().log(RcCode.LOG_SERIOUS, missing.getMessage());
            ike.logger().log(RcCode.LOG_SERIOUS, "Failed to find our PreShared Key");
            throw ProtocolFailure.silent(Scope.OURS, "");
        }
        return proof(ike, own, key);
    }

    /** Our AUTH payload by that key. */
    public static AuthPayload proof(IkeSa ike, Own own, Secret key) {
        return new AuthPayload(
                AuthPayload.SHARED_KEY,
                AuthKeys.preSharedKey(
                        ike.keys().prf(), key, SignedOctets.ours(ike, own, SignedOctets.Order.INITIATOR_FIRST)));
    }

    @Override
    public Verdict verify(IkeSa ike, Claim claim, Verdict.Step then) throws ProtocolFailure {
        EndAuthentication wanted = ike.connection().remote().config().auth();
        if (wanted != EndAuthentication.PSK) {
            throw failure(
                    claim.onFailure(),
                    "authentication failed: peer attempted PSK authentication but we want "
                            + AuthenticationText.of(wanted));
        }
        check(ike, claim, () -> key(ike), EndAuthentication.PSK);
        return then.go();
    }

    /** The key that both ends have. */
    public interface KeySource {
        Secret key() throws ProtocolFailure;
    }

    /** Compares the hash that the peer sent with ours, and says that the peer is who it claims to be. */
    public static void check(IkeSa ike, Claim claim, KeySource source, EndAuthentication method)
            throws ProtocolFailure {
        IkeId id = ike.peerId();
        String who = "ID_" + idName(id) + " '" + id + "'";
        Bytes received = claim.auth().data();
        Prf prf = ike.keys().prf();
        Bytes expected = AuthKeys.preSharedKey(
                prf, source.key(), SignedOctets.theirs(ike, claim.identity(), SignedOctets.Order.INITIATOR_FIRST));
        if (expected.length() != received.length()) {
            throw failure(
                    claim.onFailure(),
                    "authentication failed: " + received.length() + " byte hash received from peer " + who
                            + " does not match " + expected.length() + " byte hash of negotiated PRF " + prf.fqn());
        }
        if (!MessageDigest.isEqual(expected.toArray(), received.toArray())) {
            throw failure(
                    claim.onFailure(),
                    "authentication failed: computed hash does not match hash received from peer " + who);
        }
        ike.logger()
                .log(
                        RcCode.LOG_SERIOUS,
                        ike.role() + " established IKE SA; authenticated peer using authby="
                                + AuthenticationText.of(method) + " and " + who);
    }

    private static String idName(IkeId id) {
        String label = id.type().label();
        return label.startsWith("ID_") ? label.substring(3) : label;
    }

    private Secret key(IkeSa ike) throws ProtocolFailure {
        Connection c = ike.connection();
        IkeId local = c.local().id();
        IkeId remote = ike.peerId();
        Secret key = context.secrets()
                .get()
                .psk(local, remote)
                .orElseThrow(() -> failure(Scope.IKE_SA, "authentication failed: no PSK found for '" + local + "'"));
        Prf prf = ike.keys().prf();
        if (key.length() < prf.keyLength() / 2) {
            ike.logger()
                    .log("WARNING: '" + local + "' PSK length of " + key.length() + " bytes is too short for PRF "
                            + prf.fqn() + " in FIPS mode (" + prf.keyLength() / 2 + " bytes required)");
        }
        return key;
    }

    private static ProtocolFailure failure(Scope scope, String text) {
        return ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, scope, text);
    }
}
