// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.v1.phase1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.HeldCertificates;
import org.jswan.certificate.PeerCertificates;
import org.jswan.certificate.Pkcs7;
import org.jswan.connection.Connection;
import org.jswan.connection.ConnectionKind;
import org.jswan.connection.SendCertificate;
import org.jswan.exchange.Context;
import org.jswan.exchange.auth.AuthoritiesAsked;
import org.jswan.exchange.auth.CertificateCheck;
import org.jswan.exchange.auth.LocalCertificates;
import org.jswan.exchange.v1.engine.IsakmpFailure;
import org.jswan.exchange.v1.engine.IsakmpMessage;
import org.jswan.exchange.v1.engine.IsakmpVerdict;
import org.jswan.identity.DistinguishedName;
import org.jswan.impair.Impairment;
import org.jswan.impair.Impairments;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;
import org.jswan.wire.Payload;
import org.jswan.wire.v1.CertPayload;
import org.jswan.wire.v1.CertRequestPayload;
import org.jswan.wire.v1.NotificationType;

/** Certificates and requests for them, in both directions (RFC 2408 §3.9, §3.10). */
public final class Phase1Certificates {
    private final HeldCertificates held;
    private final Impairments impair;
    private final CertificateCheck check;
    private final AuthoritiesAsked authorities;

    public Phase1Certificates(Context context) {
        this.held = context.certificates();
        this.impair = context.world().impair();
        this.check = new CertificateCheck(context);
        this.authorities = new AuthoritiesAsked(context);
    }

    /** What is sent of certificates; the exchange goes on with it. */
    interface Ready {
        IsakmpVerdict with(List<Payload> payloads) throws IsakmpFailure;
    }

    /** How certificates go along with the proof of who we are, in which message of which mode. */
    enum Manner {
        MAIN_INITIATOR("cert", true, true),
        MAIN_RESPONDER("cert", true, false),
        AGGRESSIVE_RESPONDER("certificate", false, true),
        AGGRESSIVE_INITIATOR("cert", false, false);

        private final String name;
        private final boolean withChain;
        private final boolean asks;

        Manner(String name, boolean withChain, boolean asks) {
            this.name = name;
            this.withChain = withChain;
            this.asks = asks;
        }
    }

    // ---- ours ----

    /** Our certificate and those above it, as the connection has it, for the message that proves who we are. */
    IsakmpVerdict own(IkeSa ike, Manner manner, Ready then) throws IsakmpFailure {
        Connection c = ike.connection();
        Optional<Certificate> own = LocalCertificates.end(ike);
        if (own.isEmpty() || !ike.phase1().isBySignatures()) {
            return then.with(List.of());
        }
        if (!LocalCertificates.isWithChain(c) || !manner.withChain) {
            return then.with(payloads(ike, own.get(), List.of(), manner));
        }
        return IsakmpVerdict.atOnce(resume -> held.get(
                ike.logger(),
                known -> resume.resume(() ->
                        then.with(payloads(ike, own.get(), LocalCertificates.chain(c, own.get(), known), manner)))));
    }

    private List<Payload> payloads(IkeSa ike, Certificate own, List<Certificate> above, Manner manner) {
        List<Payload> payloads = new ArrayList<>(
                impair.on(Impairment.SEND_PKCS7_THINGIE) && manner.withChain
                        ? wrapped(ike, own, above)
                        : plain(ike, own, above, manner));
        if (manner.asks && !authorities.isPeerKnown(ike.connection())) {
            ike.logger().log("I am sending a certificate request");
            payloads.add(
                    request(ike.connection().remote().config().certificate().ca()));
        }
        return payloads;
    }

    private static List<Payload> plain(IkeSa ike, Certificate own, List<Certificate> above, Manner manner) {
        List<Payload> payloads = new ArrayList<>();
        ike.logger().log("I am sending my " + manner.name);
        payloads.add(payload(own));
        if (!above.isEmpty()) {
            ike.logger().log("I am sending a CA cert chain");
            above.stream().map(Phase1Certificates::payload).forEach(payloads::add);
        }
        return payloads;
    }

    private static List<Payload> wrapped(IkeSa ike, Certificate own, List<Certificate> above) {
        ike.logger().log("IMPAIR: sending cert as pkcs7 blob");
        List<Certificate> all = new ArrayList<>();
        all.add(own);
        all.addAll(above);
        return List.of(new CertPayload(CertPayload.PKCS7_WRAPPED_X509, Pkcs7.wrap(all)));
    }

    private static CertPayload payload(Certificate certificate) {
        return new CertPayload(CertPayload.X509_SIGNATURE, certificate.der());
    }

    private static CertRequestPayload request(Optional<DistinguishedName> authority) {
        return new CertRequestPayload(
                CertPayload.X509_SIGNATURE,
                authority.map(DistinguishedName::der).orElse(Bytes.EMPTY));
    }

    /** As initiator of Aggressive Mode: the request for the responder's certificate. */
    List<Payload> firstRequest(IkeSa ike) {
        Connection c = ike.connection();
        if (!ike.phase1().isBySignatures()
                || c.local().certificate().isEmpty()
                || authorities.isPeerKnown(c)
                || c.local().config().certificate().send() == SendCertificate.NEVER) {
            return List.of();
        }
        ike.logger().log("I am sending a certificate request");
        return List.of(request(c.remote().config().certificate().ca()));
    }

    /** As responder: the requests for the initiator's certificate. */
    List<Payload> requests(IkeSa ike) {
        Connection c = ike.connection();
        if (!ike.phase1().isBySignatures()
                || authorities.isPeerKnown(c)
                || c.remote().config().certificate().ca().isEmpty()) {
            return List.of();
        }
        Set<DistinguishedName> names = authorities.of(ike);
        if (names.isEmpty() && c.kind() != ConnectionKind.PERMANENT) {
            return List.of(request(Optional.empty()));
        }
        List<Payload> requests = new ArrayList<>();
        names.forEach(name -> requests.add(request(Optional.of(name))));
        return requests;
    }

    // ---- the peer's ----

    /** Takes what the peer asks of us. */
    void learnRequests(IkeSa ike, IsakmpMessage message) {
        message.all(CertRequestPayload.class).forEach(request -> learn(ike, request));
    }

    private static void learn(IkeSa ike, CertRequestPayload request) {
        if (request.certificateType() != CertPayload.X509_SIGNATURE) {
            LocalCertificates.tellUnsupported(ike, request.certificateType());
            return;
        }
        if (request.data().isEmpty()) {
            return;
        }
        DistinguishedName authority = DistinguishedName.ofDer(request.data());
        if (!authority.isWellFormed()) {
            ike.logger()
                    .log(RcCode.LOG_SERIOUS, "ignoring CERTREQ payload that is not ASN1: content is not binary ASN.1");
            return;
        }
        ike.negotiation().authentication().wantCertificateOf(authority);
    }

    /**
     * Checks the certificates that the peer sent.
     *
     * @throws IsakmpFailure if a bad one is among them
     */
    IsakmpVerdict check(IkeSa ike, IsakmpMessage message, IsakmpVerdict.Step then) throws IsakmpFailure {
        List<PeerCertificates.Payload> payloads = message.all(CertPayload.class)
                .map(payload -> new PeerCertificates.Payload(payload.encoding(), payload.data()))
                .toList();
        if (payloads.isEmpty()) {
            return then.go();
        }
        return IsakmpVerdict.atOnce(resume -> check.check(
                ike,
                payloads,
                harmless -> resume.resume(() -> {
                    if (!harmless) {
                        ike.logger().log("X509: certificate rejected for this connection");
                        ike.logger().log("X509: CERT payload bogus or revoked");
                        throw IsakmpFailure.refused(NotificationType.INVALID_ID_INFORMATION, "");
                    }
                    return then.go();
                })));
    }
}
