// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v2.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.certificate.PeerCertificates;
import org.jswan.connection.Connection;
import org.jswan.connection.EndAuthentication;
import org.jswan.crypto.Hash;
import org.jswan.exchange.Context;
import org.jswan.exchange.Incoming;
import org.jswan.exchange.ProtocolFailure;
import org.jswan.exchange.ProtocolFailure.Scope;
import org.jswan.exchange.Verdict;
import org.jswan.exchange.auth.AuthoritiesAsked;
import org.jswan.exchange.auth.CertificateCheck;
import org.jswan.exchange.auth.LocalCertificates;
import org.jswan.identity.DistinguishedName;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeRole;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;
import org.jswan.wire.v2.CertPayload;
import org.jswan.wire.v2.CertReqPayload;

/** Certificates and requests for them, in both directions (RFC 7296 §3.6, §3.7). */
public final class CertificatePayloads {
    private final HeldCertificates held;
    private final CertificateCheck check;
    private final AuthoritiesAsked authorities;

    public CertificatePayloads(Context context) {
        this.held = context.certificates();
        this.check = new CertificateCheck(context);
        this.authorities = new AuthoritiesAsked(context);
    }

    /** What is sent of certificates; the exchange goes on with it. */
    public interface Ready {
        Verdict with(List<Payload> payloads) throws ProtocolFailure;
    }

    private static Verdict ready(IkeSa ike, HeldCertificates held, boolean needed, Gathering gathering, Ready then)
            throws ProtocolFailure {
        if (!needed) {
            return then.with(gathering.from(CertificateSet.EMPTY));
        }
        return Verdict.suspend(
                resume -> held.get(ike.logger(), known -> resume.resume(() -> then.with(gathering.from(known)))));
    }

    private interface Gathering {
        List<Payload> from(CertificateSet known);
    }

    // ---- ours ----

    /** Our certificates for an IKE_AUTH message, and as initiator the request for the peer's. */
    public Verdict forAuthentication(IkeSa ike, Ready then) throws ProtocolFailure {
        Connection c = ike.connection();
        Optional<Certificate> own = maySign(ike) ? LocalCertificates.end(ike) : Optional.empty();
        boolean asks = ike.role() == IkeRole.INITIATOR
                && asksForPeers(c)
                && c.remote().config().certificate().ca().isPresent();
        boolean needed = asks || own.isPresent() && LocalCertificates.isWithChain(c);
        return ready(
                ike,
                held,
                needed,
                known -> {
                    List<Payload> payloads = new ArrayList<>();
                    own.ifPresent(certificate -> {
                        payloads.add(new CertPayload(PeerCertificates.X509_SIGNATURE, certificate.der()));
                        LocalCertificates.chain(c, certificate, known).stream()
                                .map(above -> new CertPayload(PeerCertificates.X509_SIGNATURE, above.der()))
                                .forEach(payloads::add);
                    });
                    if (asks) {
                        payloads.add(request(ike, known));
                    }
                    return payloads;
                },
                then);
    }

    private static boolean maySign(IkeSa ike) {
        Connection c = ike.connection();
        return !ike.negotiation().authentication().isNullWanted()
                && c.local().config().auth() != EndAuthentication.EAPONLY
                && SignatureHashes.sign(c.local().config().authby());
    }

    /** The request for the initiator's certificate in an IKE_SA_INIT response. */
    public Verdict forInitResponse(IkeSa ike, Ready then) throws ProtocolFailure {
        if (!asksForPeers(ike.connection())) {
            return then.with(List.of());
        }
        boolean needed = !authorities.of(ike).isEmpty();
        return ready(ike, held, needed, known -> List.of(request(ike, known)), then);
    }

    /** Whether the peer may sign, and its key is not known already. */
    private boolean asksForPeers(Connection c) {
        return SignatureHashes.sign(c.remote().config().authby()) && !authorities.isPeerKnown(c);
    }

    /** SHA-1 of the keys of the authorities that may be above the peer's certificate. */
    private CertReqPayload request(IkeSa ike, CertificateSet known) {
        Bytes hashes = Bytes.EMPTY;
        for (DistinguishedName name : authorities.of(ike)) {
            Optional<Certificate> authority = known.of(name).filter(Certificate::isAuthority);
            if (authority.isPresent()) {
                hashes = hashes.plus(Hash.SHA1.digest(authority.get().subjectPublicKeyInfo()));
            }
        }
        return new CertReqPayload(PeerCertificates.X509_SIGNATURE, hashes);
    }

    // ---- the peer's ----

    /** Takes what the peer asks of us. */
    public static void learnRequest(IkeSa ike, Incoming message) {
        Optional<CertReqPayload> request = message.first(CertReqPayload.class);
        if (request.isEmpty()) {
            return;
        }
        if (request.get().encoding() != PeerCertificates.X509_SIGNATURE) {
            LocalCertificates.tellUnsupported(ike, request.get().encoding());
        } else if (request.get().authorities().length() % Hash.SHA1.length() != 0) {
            ike.logger()
                    .log(
                            RcCode.LOG_SERIOUS,
                            "ignoring CERTREQ payload: not enough room in input packet for Certification Authority hash");
        } else {
            ike.negotiation().authentication().setCertificateWanted();
        }
    }

    /**
     * Checks the certificates that the peer sent. A responder goes on without bad ones, as another connection may do.
     *
     * @throws ProtocolFailure if an initiator was sent a bad one
     */
    public Verdict check(IkeSa ike, Incoming message, Verdict.Step then) throws ProtocolFailure {
        List<PeerCertificates.Payload> payloads = message.all(CertPayload.class)
                .map(payload -> new PeerCertificates.Payload(payload.encoding(), payload.data()))
                .toList();
        if (payloads.isEmpty()) {
            return then.go();
        }
        return Verdict.suspend(resume -> check.check(
                ike,
                payloads,
                harmless -> resume.resume(() -> {
                    if (!harmless) {
                        ike.logger().log("X509: certificate payload rejected for this connection");
                        if (ike.role() == IkeRole.INITIATOR) {
                            throw ProtocolFailure.silent(Scope.IKE_SA, "");
                        }
                    }
                    return then.go();
                })));
    }
}
