// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.revocation;

import java.io.IOException;
import java.math.BigInteger;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jswan.base.Bytes;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateFormatException;
import org.jswan.crypto.Hash;

/** A question whether a certificate was revoked, and what its answer says (RFC 6960 §4). Takes milliseconds. */
final class OcspMessage {
    /** As NSS: clocks may be so far apart, and an answer without an end is good for so long. */
    private static final Duration SLACK = Duration.ofDays(1);

    private static final ASN1ObjectIdentifier SHA1 = new ASN1ObjectIdentifier("1.3.14.3.2.26");
    private static final int SUCCESSFUL = 0;
    private static final int GOOD = 0;
    private static final int REVOKED = 1;

    private final Certificate certificate;
    private final Certificate authority;
    private final CertID id;

    /** @param authority who signed the certificate */
    OcspMessage(Certificate certificate, Certificate authority) {
        this.certificate = certificate;
        this.authority = authority;
        id = new CertID(
                new AlgorithmIdentifier(SHA1, DERNull.INSTANCE),
                new DEROctetString(Hash.SHA1.digest(authority.subject().der()).toArray()),
                new DEROctetString(Hash.SHA1
                        .digest(Bytes.wrap(SubjectPublicKeyInfo.getInstance(
                                        authority.subjectPublicKeyInfo().toArray())
                                .getPublicKeyData()
                                .getOctets()))
                        .toArray()),
                new ASN1Integer(new BigInteger(certificate.serialNumber().toArray())));
    }

    /** What the certificate is called in questions; equal for equal certificates. */
    Bytes key() {
        return encoded(id);
    }

    /** The question. */
    Bytes request() {
        return encoded(new OCSPRequest(
                new TBSRequest(
                        null, new DERSequence(new Request(id, null)), (org.bouncycastle.asn1.x509.Extensions) null),
                null));
    }

    private static Bytes encoded(ASN1Encodable value) {
        try {
            return Bytes.wrap(value.toASN1Primitive().getEncoded(ASN1Encoding.DER));
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * What a responder knows.
     *
     * @param state empty if it cannot be believed, or does not know
     * @param until when it may know more
     * @param why what is wrong if there is no state
     */
    record Answer(Optional<State> state, Optional<Instant> until, String why) {
        /** Of a certificate. */
        enum State {
            GOOD,
            REVOKED
        }

        static Answer none(String why) {
            return new Answer(Optional.empty(), Optional.empty(), why);
        }
    }

    /**
     * Reads an answer and believes it if the right one signed it.
     *
     * @param trusted whose answers are believed; without it, the authority's and of those that the authority allows to answer
     */
    Answer read(Bytes response, Optional<Certificate> trusted, Instant now) {
        try {
            OCSPResponse outer = OCSPResponse.getInstance(response.toArray());
            int status = outer.getResponseStatus().getIntValue();
            if (status != SUCCESSFUL || outer.getResponseBytes() == null) {
                return Answer.none("the responder answers with status " + status);
            }
            if (!outer.getResponseBytes().getResponseType().equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
                return Answer.none("the answer is of an unknown type");
            }
            BasicOCSPResponse basic = BasicOCSPResponse.getInstance(
                    outer.getResponseBytes().getResponse().getOctets());
            if (signers(basic, trusted, now).noneMatch(signer -> isSignedBy(basic, signer))) {
                return Answer.none("the answer is not signed by one who may answer");
            }
            for (ASN1Encodable single : basic.getTbsResponseData().getResponses()) {
                SingleResponse found = SingleResponse.getInstance(single);
                if (isAbout(found.getCertID())) {
                    return answer(found, now);
                }
            }
            return Answer.none("the answer is about other certificates");
        } catch (ParseException | RuntimeException malformed) {
            // The library says by all kinds of exceptions that it cannot read something.
            return Answer.none("the answer is malformed");
        }
    }

    private Stream<Certificate> signers(BasicOCSPResponse basic, Optional<Certificate> trusted, Instant now) {
        if (trusted.isPresent()) {
            return trusted.stream();
        }
        List<Certificate> signers = new ArrayList<>(List.of(authority));
        ASN1Sequence sent = basic.getCerts();
        if (sent != null && sent.size() > 0) {
            try {
                signers.add(Certificate.ofPeer(encoded(sent.getObjectAt(0))));
            } catch (CertificateFormatException unknown) {
                return signers.stream();
            }
        }
        return signers.stream()
                .filter(signer -> signer.equals(authority)
                        || signer.mayAnswerOcsp()
                                && signer.isValidAt(now)
                                && signer.issuer()
                                        .der()
                                        .equals(authority.subject().der())
                                && signer.isSignedBy(authority));
    }

    private static boolean isSignedBy(BasicOCSPResponse basic, Certificate signer) {
        AlgorithmIdentifier algorithm = basic.getSignatureAlgorithm();
        return signer.hasSigned(
                encoded(basic.getTbsResponseData()),
                Bytes.wrap(basic.getSignature().getOctets()),
                algorithm.getAlgorithm().getId(),
                Optional.ofNullable(algorithm.getParameters()).map(OcspMessage::encoded));
    }

    private boolean isAbout(CertID other) {
        return other.getSerialNumber().equals(id.getSerialNumber())
                && other.getHashAlgorithm().getAlgorithm().equals(SHA1)
                && other.getIssuerNameHash().equals(id.getIssuerNameHash())
                && other.getIssuerKeyHash().equals(id.getIssuerKeyHash());
    }

    private static Answer answer(SingleResponse single, Instant now) throws ParseException {
        Instant from = single.getThisUpdate().getDate().toInstant();
        ASN1GeneralizedTime next = single.getNextUpdate();
        Instant until = next == null ? from.plus(SLACK) : next.getDate().toInstant();
        if (from.isAfter(now.plus(SLACK))) {
            return Answer.none("the answer is of the future");
        }
        if (until.isBefore(now)) {
            return Answer.none("the answer is old");
        }
        return switch (single.getCertStatus().getTagNo()) {
            case GOOD -> new Answer(Optional.of(Answer.State.GOOD), Optional.of(until), "");
            case REVOKED -> new Answer(Optional.of(Answer.State.REVOKED), Optional.of(until), "");
            default -> Answer.none("the responder does not know the certificate");
        };
    }

    @Override
    public String toString() {
        return certificate.toString();
    }
}
