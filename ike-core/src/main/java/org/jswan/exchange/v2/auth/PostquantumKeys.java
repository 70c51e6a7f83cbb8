// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.v2.auth.Authenticator.Own;
import org.jswan.identity.SecretEntry;
import org.jswan.identity.SecretKind;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.sa.PostquantumChoice;
import org.jswan.wire.NotifyType;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.AuthPayload;
import org.jswan.wire.v2.NotifyPayload;

/**
 * Postquantum preshared keys (RFC 8784): in IKE_SA_INIT the ends tell that they can, in IKE_AUTH the initiator names a key,
 * which is mixed in before AUTH is computed, and offers another proof for the case that the responder has no such key.
 *
 * <pre>
 * HDR, SAi1, KEi, Ni, N(USE_PPK)  --&gt;
 *                                 &lt;--  HDR, SAr1, KEr, Nr, N(USE_PPK)
 * HDR, SK {IDi, AUTH, SAi2, TSi, TSr, N(PPK_IDENTITY, PPK_ID), [N(NO_PPK_AUTH)]}  --&gt;
 *                                 &lt;--  HDR, SK {IDr, AUTH, [N(PPK_IDENTITY),] SAr2, TSi, TSr}
 * </pre>
 */
public final class PostquantumKeys {
    private static final int PPK_ID_OPAQUE = 1;
    private static final int PPK_ID_FIXED = 2;

    /** As libreswan; octets, with the one that tells the type. */
    private static final int LONGEST_ID = 64;

    private final Context context;
    private final Authenticator authentication;

    public PostquantumKeys(Context context, Authenticator authentication) {
        this.context = context;
        this.authentication = authentication;
    }

    /** What follows what the request tells of the key. */
    public interface Told {
        Verdict with(List<Payload> payloads) throws ProtocolFailure;
    }

    /** What the initiator's IKE_SA_INIT tells. */
    public static List<Payload> offer(Connection c) {
        return c.has(ConnectionPolicy.PPK_ALLOW) ? List.of(NotifyPayload.of(NotifyType.USE_PPK)) : List.of();
    }

    /** What the responder's IKE_SA_INIT tells: as IKE_AUTH may find another connection, this one's policy doesn't count. */
    public static List<Payload> answer(IkeSa ike) {
        return choice(ike).isPeerWilling() ? List.of(NotifyPayload.of(NotifyType.USE_PPK)) : List.of();
    }

    /** Takes what the peer's IKE_SA_INIT tells. */
    public static void learn(IkeSa ike, Incoming message) {
        choice(ike).setPeerWilling(message.has(NotifyType.USE_PPK));
    }

    private static PostquantumChoice choice(IkeSa ike) {
        return ike.negotiation().postquantum();
    }

    /**
     * The initiator mixes in the key that its identities have, if both ends want one.
     *
     * @throws ProtocolFailure if there is none and the connection insists
     */
    public void mixAsInitiator(IkeSa ike) throws ProtocolFailure {
        Connection c = ike.connection();
        if (!c.has(ConnectionPolicy.PPK_ALLOW) || !choice(ike).isPeerWilling()) {
            return;
        }
        Optional<SecretEntry> found = context.secrets()
                .get()
                .find(SecretKind.PPK, c.local().id(), Optional.of(c.remote().id()), false);
        if (found.isPresent()) {
            mix(ike, found.get(), "PPK AUTH calculated as initiator");
        } else if (c.has(ConnectionPolicy.PPK_INSIST)) {
            throw ProtocolFailure.silent(Scope.IKE_SA, "connection requires PPK, but we didn't find one");
        } else {
            ike.logger().log("failed to find PPK and PPK_ID, continuing without PPK");
            choice(ike).setPeerWilling(false);
        }
    }

    private static void mix(IkeSa ike, SecretEntry key, String said) {
        choice(ike).mix(ike, ike.keys().mix(key.secret()), key.ppkId());
        ike.logger().log(said);
    }

    /** The payloads that tell the responder of the key, and prove our identity without it unless the connection insists. */
    public Verdict tell(IkeSa ike, Own own, Told then) throws ProtocolFailure {
        PostquantumChoice choice = choice(ike);
        if (!choice.isMixed()) {
            return then.with(List.of());
        }
        NotifyPayload identity =
                NotifyPayload.of(NotifyType.PPK_IDENTITY, Bytes.of(PPK_ID_FIXED).plus(choice.name()));
        if (ike.connection().has(ConnectionPolicy.PPK_INSIST)) {
            return then.with(List.of(identity));
        }
        Own without = new Own(own.identity(), choice.plain().orElseThrow());
        return authentication.prove(
                ike,
                without,
                proof -> then.with(List.of(
                        identity,
                        NotifyPayload.of(NotifyType.NO_PPK_AUTH, proof.payload().data()))));
    }

    /**
     * The responder mixes in the key that the initiator names.
     *
     * @throws ProtocolFailure if it has none and the connection insists, or none is named as it ought to be
     */
    public void mixAsResponder(IkeSa ike, Incoming request) throws ProtocolFailure {
        Connection c = ike.connection();
        Optional<SecretEntry> key = Optional.empty();
        Optional<NotifyPayload> named = request.notify(NotifyType.PPK_IDENTITY);
        if (named.isPresent()) {
            key = context.secrets().get().ppk(id(named.get().data()));
            if (key.isPresent() && c.has(ConnectionPolicy.PPK_ALLOW)) {
                mix(ike, key.get(), "PPK AUTH calculated as responder");
            } else {
                ike.logger().log("ignored received PPK_IDENTITY - connection does not require PPK or PPKID not found");
            }
        }
        if (key.isEmpty() && c.has(ConnectionPolicy.PPK_INSIST)) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    Scope.IKE_SA,
                    "Requested PPK_ID not found and connection requires a valid PPK");
        }
    }

    private static Bytes id(Bytes data) throws ProtocolFailure {
        String fault = null;
        if (data.length() > LONGEST_ID) {
            fault = "PPK ID length is too big";
        } else if (data.length() <= 1) {
            fault = "PPK ID data must be at least 1 byte (received " + data.length()
                    + " bytes including ppk type byte)";
        } else if (data.get(0) != PPK_ID_FIXED) {
            fault = "PPK_ID type " + data.get(0) + " ("
                    + (data.get(0) == PPK_ID_OPAQUE ? "PPK_ID_OPAQUE" : "PPK_ID_???") + ") not supported";
        }
        if (fault != null) {
            throw ProtocolFailure.silent(Scope.IKE_SA, fault);
        }
        return data.from(1);
    }

    /** The initiator's proof for the case that there is no key; empty if the key counts, or none is to be had. */
    public static Optional<AuthPayload> proofWithout(IkeSa ike, Incoming request) {
        if (choice(ike).isMixed() || ike.connection().has(ConnectionPolicy.PPK_INSIST)) {
            return Optional.empty();
        }
        int method = request.need(AuthPayload.class).method();
        return request.notify(NotifyType.NO_PPK_AUTH).map(proof -> new AuthPayload(method, proof.data()));
    }

    /** What the responder's IKE_AUTH tells. */
    public static List<Payload> confirmation(IkeSa ike) {
        return choice(ike).isMixed() ? List.of(NotifyPayload.of(NotifyType.PPK_IDENTITY)) : List.of();
    }

    /**
     * The responder's IKE_AUTH decides whether the key counts.
     *
     * @throws ProtocolFailure if that is not what the connection wants
     */
    public static void settle(IkeSa ike, Incoming response) throws ProtocolFailure {
        Connection c = ike.connection();
        boolean confirmed = response.has(NotifyType.PPK_IDENTITY);
        if (confirmed && !c.has(ConnectionPolicy.PPK_ALLOW)) {
            throw ProtocolFailure.silent(Scope.IKE_SA, "received PPK_IDENTITY but connection does not allow PPK");
        }
        if (!confirmed && c.has(ConnectionPolicy.PPK_INSIST)) {
            throw ProtocolFailure.silent(
                    Scope.IKE_SA, "failed to receive PPK confirmation and connection has ppk=insist");
        }
        if (!confirmed && choice(ike).isMixed()) {
            ike.logger().log(RcCode.LOG, "peer wants to continue without PPK - switching to NO_PPK");
            choice(ike).revert(ike);
        }
    }
}
