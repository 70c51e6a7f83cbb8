// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jswan.base.Bytes;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Context;
import org.jswan.exchange.auth.LocalKey;
import org.jswan.exchange.auth.PeerKeys.Candidate;
import org.jswan.exchange.auth.PeerSignatures;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpRow;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.key.Ckaid;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.Signature;
import org.jswan.log.RcCode;
import org.jswan.proposal.Phase1Auth;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.HashPayload;
import org.jswan.wire.v1.IdPayload;
import org.jswan.wire.v1.NotificationType;
import org.jswan.wire.v1.PayloadTypes;
import org.jswan.wire.v1.SignaturePayload;

/** How the ends of phase 1 prove who they are (RFC 2409 §5.1, §5.4): by a hash that needs their key, or by signing it. */
public final class Phase1Authentication {
    private static final Signature SIGNATURE = Signature.PKCS1_BARE;

    /** As libreswan names it, whatever hash was negotiated. */
    private static final Hash NAMED_HASH = Hash.SHA1;

    private final PrivateKeyRing ring;
    private final LocalKey localKey;
    private final PeerSignatures signatures;

    private final Phase1Certificates certificates;

    public Phase1Authentication(Context context, Phase1Certificates certificates) {
        this.certificates = certificates;
        ring = context.privateKeys();
        localKey = new LocalKey(ring);
        signatures = new PeerSignatures(context);
    }

    /** The rows of the message that proves who the peer is: what it needs depends on how. */
    static List<IsakmpRow> rows(Supplier<IsakmpRow.Builder> row, IsakmpRow.Handler<IkeSa> handler) {
        return List.of(
                row.get()
                        .auth(Phase1Auth.PRESHARED_KEY)
                        .require(PayloadTypes.HASH)
                        .by(handler),
                row.get().auth(Phase1Auth.RSA_SIG).require(PayloadTypes.SIG).by(handler));
    }

    /** Goes on with the payloads that prove our end. */
    interface Proven {
        IsakmpVerdict with(List<Payload> payloads) throws IsakmpFailure;
    }

    /** What a responder asks for. */
    List<Payload> requests(IkeSa ike) {
        return certificates.requests(ike);
    }

    /** What an initiator of Aggressive Mode asks for. */
    List<Payload> firstRequest(IkeSa ike) {
        return certificates.firstRequest(ike);
    }

    private interface Made {
        IsakmpVerdict with(Payload proof) throws IsakmpFailure;
    }

    /**
     * What follows our identity: certificates, and the proof that we are who we say.
     *
     * @param manner how certificates go along
     */
    IsakmpVerdict prove(IkeSa ike, IdPayload own, Phase1Certificates.Manner manner, Proven then) throws IsakmpFailure {
        return certificates.own(
                ike,
                manner,
                sent -> proof(ike, own, proof -> {
                    List<Payload> payloads = new ArrayList<>(sent);
                    payloads.add(proof);
                    return then.with(payloads);
                }));
    }

    private IsakmpVerdict proof(IkeSa ike, IdPayload own, Made then) throws IsakmpFailure {
        Bytes hash = Phase1Agreement.hash(ike, ike.role(), own);
        if (!ike.phase1().isBySignatures()) {
            return then.with(new HashPayload(hash));
        }
        return IsakmpVerdict.atOnce(resume -> localKey.find(
                ike.connection(),
                SIGNATURE.keyType(),
                ike.logger(),
                found -> found.ifPresentOrElse(
                        key -> sign(key.ckaid(), hash, then, resume),
                        () -> resume.resume(() -> {
                            throw keyless();
                        }))));
    }

    private void sign(Ckaid key, Bytes hash, Made then, IsakmpVerdict.Resumption resume) {
        ring.sign(
                key,
                SIGNATURE,
                NAMED_HASH,
                hash,
                outcome -> resume.resume(() -> then.with(new SignaturePayload(signatureOf(outcome)))));
    }

    private static Bytes signatureOf(Outcome<Bytes> outcome) throws IsakmpFailure {
        if (outcome.failure() != null) {
            throw IsakmpFailure.refused(
                    NotificationType.AUTHENTICATION_FAILED,
                    "RSA sign function failed: " + outcome.failure().getMessage());
        }
        return outcome.value();
    }

    private static IsakmpFailure keyless() {
        return IsakmpFailure.refused(
                NotificationType.AUTHENTICATION_FAILED, "unable to locate my private key for RSA Signature");
    }

    /** Checks what the peer sent to prove that it is who it says. */
    IsakmpVerdict verify(IkeSa ike, IkeRole peerRole, IdPayload peer, IsakmpMessage message, IsakmpVerdict.Step then)
            throws IsakmpFailure {
        Bytes expected = Phase1Agreement.hash(ike, peerRole, peer);
        if (ike.phase1().isBySignatures()) {
            return verify(ike, expected, message.need(SignaturePayload.class), then);
        }
        Bytes received = message.need(HashPayload.class).data();
        if (!MessageDigest.isEqual(expected.toArray(), received.toArray())) {
            throw IsakmpFailure.refused(
                    NotificationType.INVALID_HASH_INFORMATION, "received Hash Payload does not match computed value");
        }
        return then.go();
    }

    private IsakmpVerdict verify(IkeSa ike, Bytes hash, SignaturePayload payload, IsakmpVerdict.Step then)
            throws IsakmpFailure {
        List<Candidate> candidates = signatures.candidates(ike, SIGNATURE);
        if (candidates.isEmpty()) {
            throw unproven(PeerSignatures.unmatched(ike, SIGNATURE, NAMED_HASH));
        }
        PeerSignatures.Signed signed = new PeerSignatures.Signed(SIGNATURE, NAMED_HASH, hash, payload.data());
        return IsakmpVerdict.atOnce(resume -> signatures.find(
                candidates,
                signed,
                signer -> resume.resume(() -> {
                    if (signer.isEmpty()) {
                        throw unproven(PeerSignatures.tried(ike, SIGNATURE, NAMED_HASH, candidates));
                    }
                    ike.logger()
                            .log(
                                    RcCode.LOG_SERIOUS,
                                    PeerSignatures.authenticated(SIGNATURE, NAMED_HASH, "signature", signer.get()));
                    return then.go();
                })));
    }

    private static IsakmpFailure unproven(String why) {
        return IsakmpFailure.refused(NotificationType.INVALID_KEY_INFORMATION, why);
    }
}
