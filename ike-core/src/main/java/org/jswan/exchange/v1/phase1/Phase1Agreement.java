// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jswan.base.Bytes;
import org.jswan.base.Secret;
import org.jswan.crypto.IkeSuite;
import org.jswan.crypto.keymat.Ikev1Keys;
import org.jswan.crypto.keymat.Nonces;
import org.jswan.exchange.Context;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.exchange.v1.engine.KeyAgreement;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.identity.IkeId;
import org.jswan.impair.Impairment;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.sa.Negotiation;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.KePayload;
import org.jswan.wire.v1.NoncePayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.VendorIdPayload;

/** What both ends of phase 1 have in common: key exchange, nonces, and the keys and hashes that come of them. */
public final class Phase1Agreement {
    /** Octets that fit into no packet of Ethernet. */
    private static final int FILLER = 1500;

    private final Context context;

    Phase1Agreement(Context context) {
        this.context = context;
    }

    /** Goes on with a public value and a nonce of ours. */
    IsakmpVerdict.Suspend generate(IkeSa ike, IsakmpVerdict.Step then) {
        return IsakmpVerdict.compute(resume -> context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation().group().generate(context.world().random()),
                        outcome -> resume.resume(() -> {
                            ike.negotiation().setLocalKe(KeyAgreement.valueOf(outcome));
                            setNonce(ike, ike.role(), context.world().random().bytes(KeyAgreement.NONCE_LENGTH));
                            return then.go();
                        })));
    }

    /** Goes on with the keys, of the public values and nonces of both ends. */
    IsakmpVerdict agree(IkeSa ike, IsakmpVerdict.Step then) {
        return IsakmpVerdict.compute(resume -> compute(
                ike,
                outcome -> resume.resume(() -> {
                    deriveKeys(ike, outcome);
                    return then.go();
                })));
    }

    /** Has the shared secret computed, while other things go on. */
    void compute(IkeSa ike, Consumer<Outcome<Secret>> then) {
        context.world()
                .helpers()
                .submit(
                        () -> ike.negotiation()
                                .localKe()
                                .sharedSecret(ike.negotiation().remoteKe()),
                        then);
    }

    /** Takes the peer's public value and nonce. */
    static void take(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        IkeRole peer = ike.role().other();
        ike.negotiation().setRemoteKe(publicValue(ike, message));
        setNonce(ike, peer, KeyAgreement.nonce(message, peer == IkeRole.INITIATOR ? "Ni" : "Nr"));
    }

    private static void setNonce(IkeSa ike, IkeRole of, Bytes nonce) {
        if (of == IkeRole.INITIATOR) {
            ike.negotiation().setInitiatorNonce(nonce);
        } else {
            ike.negotiation().setResponderNonce(nonce);
        }
    }

    private static Bytes publicValue(IkeSa ike, IsakmpMessage message) throws IsakmpFailure {
        Bytes value = message.need(KePayload.class).data();
        int wanted = ike.suite().orElseThrow().group().publicLength();
        if (value.length() != wanted) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_KEY_INFORMATION,
                    "KE has " + value.length() + " byte DH public value; " + wanted + " required");
        }
        return value;
    }

    /** Our public value, unless an impairment has it otherwise, and our nonce. */
    List<Payload> values(IkeSa ike) {
        Negotiation n = ike.negotiation();
        List<Payload> payloads = new ArrayList<>(KeyAgreement.payload(
                context.world().impair(), ike.logger(), n.localKe().publicValue()));
        payloads.add(new NoncePayload(ike.role() == IkeRole.INITIATOR ? n.initiatorNonce() : n.responderNonce()));
        return payloads;
    }

    /** A payload that means nothing and makes a message long, if that impairment is on. */
    List<Payload> filler(Impairment which) {
        return context.world().impair().on(which)
                ? List.of(new VendorIdPayload(Bytes.wrap(new byte[FILLER])))
                : List.of();
    }

    /** SKEYID and what follows from it; the vector of the first encrypted message. */
    void deriveKeys(IkeSa ike, Outcome<Secret> computed) throws IsakmpFailure {
        Secret sharedSecret = KeyAgreement.valueOf(computed);
        Negotiation n = ike.negotiation();
        Nonces nonces = new Nonces(n.initiatorNonce(), n.responderNonce());
        IkeSuite suite = ike.suite().orElseThrow();
        Bytes cookieI = ike.initiatorSpi().octets();
        Bytes cookieR = ike.responderSpi().octets();
        try (sharedSecret) {
            ike.phase1()
                    .setKeys(
                            ike.phase1().isBySignatures()
                                    ? Ikev1Keys.forSignatures(suite, sharedSecret, nonces, cookieI, cookieR)
                                    : Ikev1Keys.forPresharedKey(
                                            suite, presharedKey(ike), sharedSecret, nonces, cookieI, cookieR));
        }
        ike.v1().setIv(ike.phase1().keys().phase1Iv(initiatorValue(ike), responderValue(ike)));
    }

    /** The key of both ends, found by what is known of the peer: in Main Mode, no more than its connection. */
    private Secret presharedKey(IkeSa ike) throws IsakmpFailure {
        IkeId local = ike.connection().local().id();
        IkeId remote = ike.connection().remote().id();
        Optional<Secret> key = context.secrets().get().psk(local, remote);
        if (key.isEmpty()) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "Can't authenticate: no preshared key found for `" + local + "' and `" + remote
                                    + "'.  Attribute OAKLEY_AUTHENTICATION_METHOD");
            throw IsakmpFailure.refused(NotificationType.NO_PROPOSAL_CHOSEN, "");
        }
        ike.phase1().setPresharedKey(key.get());
        return key.get();
    }

    private static Bytes initiatorValue(IkeSa ike) {
        return value(ike, IkeRole.INITIATOR);
    }

    private static Bytes responderValue(IkeSa ike) {
        return value(ike, IkeRole.RESPONDER);
    }

    private static Bytes value(IkeSa ike, IkeRole of) {
        Negotiation n = ike.negotiation();
        return ike.role() == of ? n.localKe().publicValue() : n.remoteKe();
    }

    /** HASH_I or HASH_R: what that end authenticates (RFC 2409 §5). */
    static Bytes hash(IkeSa ike, IkeRole of, IdPayload identity) {
        Ikev1Keys keys = ike.phase1().keys();
        Bytes cookieI = ike.initiatorSpi().octets();
        Bytes cookieR = ike.responderSpi().octets();
        Bytes sa = ike.phase1().initiatorSa();
        return of == IkeRole.INITIATOR
                ? keys.hashI(initiatorValue(ike), responderValue(ike), cookieI, cookieR, sa, identity.body())
                : keys.hashR(initiatorValue(ike), responderValue(ike), cookieI, cookieR, sa, identity.body());
    }
}
