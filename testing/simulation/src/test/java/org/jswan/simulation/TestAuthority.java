// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.simulation;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.CertStatus;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponderID;
import org.bouncycastle.asn1.ocsp.ResponseBytes;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jswan.base.Bytes;

/** An authority that issues certificates for tests. */
final class TestAuthority {
    private static final AlgorithmIdentifier RSA =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
    private static final AlgorithmIdentifier ECDSA = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    private static final Duration YEAR = Duration.ofDays(365);

    private final X500Name name;
    private final KeyPair key;
    private final Instant now;
    private final Bytes certificate;
    private long serial = 1;

    private TestAuthority(
            X500Name name, KeyPair key, Instant now, Optional<TestAuthority> above, UnaryOperator<Subject> also) {
        this.name = name;
        this.key = key;
        this.now = now;
        Subject self = also.apply(new Subject(name.toString(), key).authority());
        certificate = above.isPresent() ? above.get().issue(self) : issue(self);
    }

    /** Its own issuer. */
    static TestAuthority root(String name, KeyPair key, Instant now) {
        return new TestAuthority(new X500Name(name), key, now, Optional.empty(), UnaryOperator.identity());
    }

    /** Its own issuer, whose certificate does not say that it is an authority's. */
    static TestAuthority plainRoot(String name, KeyPair key, Instant now) {
        return new TestAuthority(new X500Name(name), key, now, Optional.empty(), Subject::plain);
    }

    /** One below this. */
    TestAuthority below(String name, KeyPair key) {
        return new TestAuthority(new X500Name(name), key, now, Optional.of(this), UnaryOperator.identity());
    }

    /** Its own certificate. */
    Bytes certificate() {
        return certificate;
    }

    String name() {
        return name.toString();
    }

    /** What a certificate is to say. */
    static final class Subject {
        private final X500Name name;
        private final KeyPair key;
        private final List<GeneralName> names = new ArrayList<>();
        private Optional<Boolean> authority = Optional.of(false);
        private Duration age = Duration.ofDays(1);
        private Optional<Integer> usage = Optional.of(KeyUsage.digitalSignature);
        private Optional<KeyPurposeId> purpose = Optional.empty();
        private Optional<String> listUrl = Optional.empty();
        private Optional<String> responder = Optional.empty();
        private Optional<ASN1ObjectIdentifier> unknownCritical = Optional.empty();

        Subject(String name, KeyPair key) {
            this.name = new X500Name(name);
            this.key = key;
        }

        Subject authority() {
            authority = Optional.of(true);
            usage = Optional.of(KeyUsage.keyCertSign | KeyUsage.cRLSign | KeyUsage.digitalSignature);
            return this;
        }

        /** It says nothing of what it is for. */
        Subject plain() {
            authority = Optional.empty();
            usage = Optional.empty();
            return this;
        }

        Subject dns(String dns) {
            names.add(new GeneralName(GeneralName.dNSName, dns));
            return this;
        }

        Subject email(String email) {
            names.add(new GeneralName(GeneralName.rfc822Name, email));
            return this;
        }

        Subject address(String address) {
            names.add(new GeneralName(GeneralName.iPAddress, address));
            return this;
        }

        /** It began to be valid so long ago, for a year; negative: it will begin. */
        Subject age(Duration since) {
            age = since;
            return this;
        }

        Subject usage(int bits) {
            usage = Optional.of(bits);
            return this;
        }

        Subject purpose(KeyPurposeId only) {
            purpose = Optional.of(only);
            return this;
        }

        /** Where the list is that would name it. */
        Subject listedAt(String url) {
            listUrl = Optional.of(url);
            return this;
        }

        /** Who can be asked about it. */
        Subject askAt(String url) {
            responder = Optional.of(url);
            return this;
        }

        Subject withUnknownCriticalExtension() {
            unknownCritical = Optional.of(new ASN1ObjectIdentifier("1.2.3.4.5"));
            return this;
        }
    }

    Bytes issue(Subject subject) {
        serial++;
        try {
            V3TBSCertificateGenerator tbs = new V3TBSCertificateGenerator();
            tbs.setSerialNumber(new ASN1Integer(BigInteger.valueOf(serial)));
            tbs.setSignature(algorithm());
            tbs.setIssuer(name);
            tbs.setSubject(subject.name);
            tbs.setStartDate(new Time(Date.from(now.minus(subject.age))));
            tbs.setEndDate(new Time(Date.from(now.minus(subject.age).plus(YEAR))));
            tbs.setSubjectPublicKeyInfo(
                    SubjectPublicKeyInfo.getInstance(subject.key.getPublic().getEncoded()));
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            if (subject.authority.isPresent()) {
                extensions.addExtension(
                        Extension.basicConstraints, true, new BasicConstraints(subject.authority.get()));
            }
            if (subject.usage.isPresent()) {
                extensions.addExtension(Extension.keyUsage, true, new KeyUsage(subject.usage.get()));
            }
            if (subject.purpose.isPresent()) {
                extensions.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(subject.purpose.get()));
            }
            if (!subject.names.isEmpty()) {
                extensions.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(subject.names.toArray(GeneralName[]::new)));
            }
            if (subject.listUrl.isPresent()) {
                GeneralName url = new GeneralName(GeneralName.uniformResourceIdentifier, subject.listUrl.get());
                extensions.addExtension(
                        Extension.cRLDistributionPoints, false, new CRLDistPoint(new DistributionPoint[] {
                            new DistributionPoint(new DistributionPointName(new GeneralNames(url)), null, null)
                        }));
            }
            if (subject.responder.isPresent()) {
                GeneralName url = new GeneralName(GeneralName.uniformResourceIdentifier, subject.responder.get());
                extensions.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(AccessDescription.id_ad_ocsp, url));
            }
            if (subject.unknownCritical.isPresent()) {
                extensions.addExtension(subject.unknownCritical.get(), true, DERNull.INSTANCE);
            }
            if (!extensions.isEmpty()) {
                tbs.setExtensions(extensions.generate());
            }
            return signed(tbs.generateTBSCertificate().toASN1Primitive());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A list that revokes the certificates of those serial numbers. */
    Bytes revoke(Duration validFor, BigInteger... serials) {
        V2TBSCertListGenerator list = new V2TBSCertListGenerator();
        list.setSignature(algorithm());
        list.setIssuer(name);
        list.setThisUpdate(new Time(Date.from(now)));
        list.setNextUpdate(new Time(Date.from(now.plus(validFor))));
        for (BigInteger revoked : serials) {
            list.addCRLEntry(new ASN1Integer(revoked), new Time(Date.from(now)), 0);
        }
        return signed(list.generateTBSCertList().toASN1Primitive());
    }

    /** The answer of this authority's responder to a question about one certificate: revoked or good, for an hour. */
    Bytes answer(Bytes request, boolean revoked) {
        return answer(request, revoked, key, Optional.empty());
    }

    /** The same, signed by another key, whose certificate goes along. */
    Bytes answer(Bytes request, boolean revoked, KeyPair signer, Optional<Bytes> certificate) {
        CertID asked = Request.getInstance(OCSPRequest.getInstance(request.toArray())
                        .getTbsRequest()
                        .getRequestList()
                        .getObjectAt(0))
                .getReqCert();
        CertStatus status = revoked
                ? new CertStatus(new RevokedInfo(new ASN1GeneralizedTime(Date.from(now)), null))
                : new CertStatus();
        ResponseData data = new ResponseData(
                new ResponderID(name),
                new ASN1GeneralizedTime(Date.from(now)),
                new DERSequence(new SingleResponse(
                        asked,
                        status,
                        new ASN1GeneralizedTime(Date.from(now)),
                        new ASN1GeneralizedTime(Date.from(now.plus(Duration.ofHours(1)))),
                        (org.bouncycastle.asn1.x509.Extensions) null)),
                (org.bouncycastle.asn1.x509.Extensions) null);
        try {
            BasicOCSPResponse basic = new BasicOCSPResponse(
                    data,
                    RSA,
                    new DERBitString(signature(data.toASN1Primitive(), signer)),
                    certificate
                            .map(der ->
                                    new DERSequence(org.bouncycastle.asn1.x509.Certificate.getInstance(der.toArray())))
                            .orElse(null));
            return Bytes.wrap(new OCSPResponse(
                            new OCSPResponseStatus(OCSPResponseStatus.SUCCESSFUL),
                            new ResponseBytes(
                                    OCSPObjectIdentifiers.id_pkix_ocsp_basic,
                                    new DEROctetString(basic.getEncoded(ASN1Encoding.DER))))
                    .getEncoded(ASN1Encoding.DER));
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] signature(ASN1Primitive tbs, KeyPair key) throws GeneralSecurityException, IOException {
        boolean rsa = key.getPrivate().getAlgorithm().equals("RSA");
        Signature signer = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        signer.initSign(key.getPrivate());
        signer.update(tbs.getEncoded(ASN1Encoding.DER));
        return signer.sign();
    }

    private AlgorithmIdentifier algorithm() {
        return key.getPrivate().getAlgorithm().equals("RSA") ? RSA : ECDSA;
    }

    private Bytes signed(ASN1Primitive tbs) {
        try {
            ASN1EncodableVector all = new ASN1EncodableVector();
            all.add(tbs);
            all.add(algorithm());
            all.add(new DERBitString(signature(tbs, key)));
            return Bytes.wrap(new DERSequence(all).getEncoded(ASN1Encoding.DER));
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
