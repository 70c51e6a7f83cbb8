// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.connection.AuthenticationMethod;
import org.jswan.connection.AuthenticationText;
import org.jswan.connection.EndAuthentication;
import org.jswan.connection.EndConfig;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Context;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.auth.LocalKey;
import org.jswan.exchange.auth.PeerKeys.Candidate;
import org.jswan.exchange.auth.PeerSignatures;
import org.jswan.helper.Helpers.Outcome;
import org.jswan.impair.Impairments;
import org.jswan.key.KeyType;
import org.jswan.key.PrivateKeyRing;
import org.jswan.key.Signature;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.NotifyType;
import org.jswan.wire.v2.AuthPayload;

/**
 * Authentication by signatures: digital signatures, whose AUTH payload tells algorithm and hash (RFC 7427), and the older
 * methods that have them fixed (RFC 7296 §2.15, RFC 4754).
 */
final class SignatureAuthentication implements Authenticator {
    private final PrivateKeyRing ring;
    private final LocalKey localKey;
    private final Impairments impair;
    private final PeerSignatures signatures;

    SignatureAuthentication(Context context) {
        impair = context.world().impair();
        ring = context.privateKeys();
        localKey = new LocalKey(ring);
        signatures = new PeerSignatures(context);
    }

    /**
     * How a signature goes into an AUTH payload.
     *
     * @param method its number
     */
    private record Form(int method, Signature signature, Hash hash) {
        AuthPayload payload(Bytes value) {
            Bytes prefix = method == AuthPayload.DIGITAL_SIGNATURE
                    ? signature.algorithmIdentifier(hash).orElseThrow()
                    : Bytes.EMPTY;
            return new AuthPayload(method, prefix.plus(value));
        }
    }

    @Override
    public Verdict prove(IkeSa ike, Own own, Proven then) throws ProtocolFailure {
        Form form = forced(ike).orElse(null);
        if (form == null) {
            form = form(ike);
        }
        return sign(ike, own, form, then);
    }

    /** The form that an impairment demands. */
    private Optional<Form> forced(IkeSa ike) {
        Optional<Integer> method = ForcedMethod.of(impair);
        method.ifPresent(number -> ike.logger()
                .log("IMPAIR: forcing auth method IKEv2_AUTH_"
                        + ForcedMethod.name(impair).orElseThrow()));
        return switch (method.orElse(0)) {
            case AuthPayload.RSA_SIGNATURE -> Optional.of(
                    new Form(AuthPayload.RSA_SIGNATURE, Signature.PKCS1, Hash.SHA1));
            case AuthPayload.ECDSA_SHA2_256_P256 -> Optional.of(
                    new Form(AuthPayload.ECDSA_SHA2_256_P256, Signature.ECDSA_PLAIN, Hash.SHA2_256));
            case AuthPayload.ECDSA_SHA2_384_P384 -> Optional.of(
                    new Form(AuthPayload.ECDSA_SHA2_384_P384, Signature.ECDSA_PLAIN, Hash.SHA2_384));
            case AuthPayload.ECDSA_SHA2_512_P521 -> Optional.of(
                    new Form(AuthPayload.ECDSA_SHA2_512_P521, Signature.ECDSA_PLAIN, Hash.SHA2_512));
            default -> Optional.empty();
        };
    }

    private Verdict sign(IkeSa ike, Own own, Form form, Proven then) {
        KeyType type = form.signature().keyType();
        return Verdict.suspend(resume -> localKey.find(ike.connection(), type, ike.logger(), found -> {
            if (found.isEmpty()) {
                resume.resume(() -> {
                    throw ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, Scope.IKE_SA, "");
                });
                return;
            }
            ring.sign(
                    found.get().ckaid(),
                    form.signature(),
                    form.hash(),
                    SignedOctets.ours(ike, own, SignedOctets.Order.SIGNER_FIRST),
                    outcome -> resume.resume(() -> {
                        AuthPayload payload = form.payload(signatureOf(outcome));
                        return then.with(() -> payload);
                    }));
        }));
    }

    private static Bytes signatureOf(Outcome<Bytes> outcome) throws ProtocolFailure {
        if (outcome.failure() != null) {
            throw ProtocolFailure.of(
                    NotifyType.AUTHENTICATION_FAILED,
                    Scope.IKE_SA,
                    outcome.failure().getMessage());
        }
        return outcome.value();
    }

    /** How we sign: by a digital signature if the peer knows of them. */
    private static Form form(IkeSa ike) throws ProtocolFailure {
        EndConfig local = ike.connection().local().config();
        boolean rsa = local.auth() == EndAuthentication.RSASIG;
        Set<Hash> common = ike.negotiation().authentication().commonHashes();
        if (!common.isEmpty()) {
            return digital(ike, rsa, common);
        }
        if (rsa && local.authby().contains(AuthenticationMethod.RSASIG_V1_5)) {
            return new Form(AuthPayload.RSA_SIGNATURE, Signature.PKCS1, Hash.SHA1);
        }
        List<Hash> allowed = SignatureHashes.allowed(ike.connection());
        if (!rsa && !allowed.isEmpty()) {
            // as libreswan: whatever the key's curve is
            return new Form(ecdsaMethod(allowed.get(0)), Signature.ECDSA_PLAIN, allowed.get(0));
        }
        boolean announced = ike.negotiation().authentication().areHashesAnnounced();
        ike.logger().log(RcCode.LOG_SERIOUS, refusal(rsa, announced));
        ike.logger().log("authentication method IKEv2_AUTH_RESERVED not supported");
        throw ProtocolFailure.silent(Scope.IKE_SA, "");
    }

    private static String refusal(boolean rsa, boolean announced) {
        if (rsa) {
            return announced
                    ? "local policy does not allow legacy RSA-SHA1 but connection allows no other hash policy"
                    : "legacy RSA-SHA1 is not allowed but peer supports nothing else";
        }
        return announced
                ? "local policy requires ECDSA but peer sent no acceptable signature hash algorithms"
                : "legacy ECDSA is not implemented";
    }

    /** As the peer signed, if it did; else by the strongest hash that both take. */
    private static Form digital(IkeSa ike, boolean rsa, Set<Hash> common) {
        Optional<Signature.Identified> peers =
                ike.negotiation().authentication().peerSignature();
        Hash hash = peers.map(Signature.Identified::hash)
                .or(() -> SignatureHashes.strongest(common))
                .orElseThrow();
        Signature signature = rsa
                ? peers.map(Signature.Identified::signature)
                        .filter(s -> s.keyType() == KeyType.RSA)
                        .orElse(Signature.RSASSA_PSS)
                : Signature.ECDSA;
        return new Form(AuthPayload.DIGITAL_SIGNATURE, signature, hash);
    }

    private static int ecdsaMethod(Hash hash) {
        return switch (hash) {
            case SHA2_256 -> AuthPayload.ECDSA_SHA2_256_P256;
            case SHA2_384 -> AuthPayload.ECDSA_SHA2_384_P384;
            default -> AuthPayload.ECDSA_SHA2_512_P521;
        };
    }

    /**
     * What the peer sent.
     *
     * @param policy what the connection has to allow
     * @param name what the log calls it
     */
    private record Received(Signature signature, Hash hash, AuthenticationMethod policy, Bytes value, String name) {}

    @Override
    public Verdict verify(IkeSa ike, Claim claim, Verdict.Step then) throws ProtocolFailure {
        Received received = received(ike, claim);
        check(ike, claim, received);
        Bytes octets = SignedOctets.theirs(ike, claim.identity(), SignedOctets.Order.SIGNER_FIRST);
        PeerSignatures.Signed signed =
                new PeerSignatures.Signed(received.signature(), received.hash(), octets, received.value());
        List<Candidate> candidates = signatures.candidates(ike, received.signature());
        if (candidates.isEmpty()) {
            throw refused(claim, PeerSignatures.unmatched(ike, received.signature(), received.hash()));
        }
        // libreswan does not let go of the loop for this, so its users hear nothing of what comes meanwhile.
        return Verdict.suspendUnnoticed(resume -> signatures.find(
                candidates,
                signed,
                signer -> resume.resume(() -> {
                    if (signer.isEmpty()) {
                        throw refused(
                                claim, PeerSignatures.tried(ike, received.signature(), received.hash(), candidates));
                    }
                    ike.logger()
                            .log(
                                    RcCode.LOG_SERIOUS,
                                    ike.role() + " established IKE SA; "
                                            + PeerSignatures.authenticated(
                                                    received.signature(),
                                                    received.hash(),
                                                    received.name(),
                                                    signer.get()));
                    return then.go();
                })));
    }

    private static Received received(IkeSa ike, Claim claim) throws ProtocolFailure {
        Bytes data = claim.auth().data();
        return switch (claim.auth().method()) {
            case AuthPayload.RSA_SIGNATURE -> new Received(
                    Signature.PKCS1, Hash.SHA1, AuthenticationMethod.RSASIG_V1_5, data, "signature");
            case AuthPayload.ECDSA_SHA2_256_P256 -> ecdsa(Hash.SHA2_256, data);
            case AuthPayload.ECDSA_SHA2_384_P384 -> ecdsa(Hash.SHA2_384, data);
            case AuthPayload.ECDSA_SHA2_512_P521 -> ecdsa(Hash.SHA2_512, data);
            default -> digital(ike, claim, data);
        };
    }

    private static Received ecdsa(Hash hash, Bytes data) {
        return new Received(Signature.ECDSA_PLAIN, hash, AuthenticationMethod.ECDSA, data, "signature");
    }

    private static Received digital(IkeSa ike, Claim claim, Bytes data) throws ProtocolFailure {
        EndAuthentication wanted = ike.connection().remote().config().auth();
        if (wanted != EndAuthentication.ECDSA && wanted != EndAuthentication.RSASIG) {
            throw failure(
                    claim,
                    "peer attempted authentication through Digital Signature but we want "
                            + AuthenticationText.of(wanted));
        }
        Signature.Identified found = Signature.identify(data, SignatureHashes.allowed(ike.connection()))
                .orElseThrow(() -> failure(
                        claim,
                        "no acceptable ECDSA/RSA-PSS ASN.1 signature hash proposal included for "
                                + AuthenticationText.of(wanted)));
        ike.negotiation().authentication().setPeerSignature(found);
        int prefix = found.signature()
                .algorithmIdentifier(found.hash())
                .orElseThrow()
                .length();
        return new Received(
                found.signature(), found.hash(), policy(found.signature()), data.from(prefix), "digital signature");
    }

    private static AuthenticationMethod policy(Signature signature) {
        return switch (signature) {
            case PKCS1, PKCS1_BARE -> AuthenticationMethod.RSASIG_V1_5;
            case RSASSA_PSS -> AuthenticationMethod.RSASIG;
            case ECDSA, ECDSA_PLAIN -> AuthenticationMethod.ECDSA;
        };
    }

    private static void check(IkeSa ike, Claim claim, Received received) throws ProtocolFailure {
        boolean legacy = received.policy() == AuthenticationMethod.RSASIG_V1_5 && received.hash() == Hash.SHA1;
        if (!legacy && !SignatureHashes.allowed(ike.connection()).contains(received.hash())) {
            throw failure(
                    claim,
                    "peer authentication requires hash algorithm "
                            + received.hash().fqn());
        }
        if (!ike.connection().remote().config().authby().contains(received.policy())) {
            throw failure(
                    claim, "peer authentication requires policy " + AuthenticationText.of(Set.of(received.policy())));
        }
        if (received.value().isEmpty()) {
            throw failure(claim, "rejecting received zero-length signature");
        }
    }

    private static ProtocolFailure failure(Claim claim, String why) {
        return refused(claim, "authentication failed: " + why);
    }

    private static ProtocolFailure refused(Claim claim, String text) {
        return ProtocolFailure.of(NotifyType.AUTHENTICATION_FAILED, claim.onFailure(), text);
    }
}
