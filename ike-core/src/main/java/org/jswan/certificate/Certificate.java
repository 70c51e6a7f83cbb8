// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AuthorityKeyIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.jswan.base.Bytes;
import org.jswan.identity.DistinguishedName;
import org.jswan.key.KeyFormatException;
import org.jswan.key.PublicKey;

/** An X.509 certificate (RFC 5280) whose syntax was checked; whether it is to be believed was not. */
public final class Certificate {
    /** A larger one is not looked at: parsers are not to be kept busy. */
    private static final int LARGEST = 0xffff;

    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";

    private final String nickname;
    private final X509Certificate x509;
    private final Bytes der;
    private final DistinguishedName subject;
    private final DistinguishedName issuer;
    private final PublicKey key;
    private final Optional<List<AlternativeName>> alternativeNames;
    private final boolean root;
    private final boolean trustedAuthority;

    private Certificate(String nickname, Bytes der, X509Certificate x509, PublicKey key, boolean trustedAuthority)
            throws CertificateFormatException {
        this.trustedAuthority = trustedAuthority;
        this.nickname = nickname;
        this.der = der;
        this.x509 = x509;
        this.key = key;
        subject = DistinguishedName.ofDer(
                Bytes.wrap(x509.getSubjectX500Principal().getEncoded()));
        issuer =
                DistinguishedName.ofDer(Bytes.wrap(x509.getIssuerX500Principal().getEncoded()));
        try {
            alternativeNames = readAlternativeNames(x509);
            root = subject.der().equals(issuer.der()) && isIssuedByItself(x509);
        } catch (IllegalArgumentException | IOException malformed) {
            throw new CertificateFormatException(malformed.getMessage());
        }
    }

    /** One name of the extension of that name (RFC 5280 §4.2.1.6), of a kind that identities have. */
    public record AlternativeName(Kind kind, Bytes octets) {
        /** The kinds that identities have. */
        public enum Kind {
            DNS,
            EMAIL,
            /** 4 or 16 octets. */
            ADDRESS,
            /** In DER. */
            DIRECTORY
        }
    }

    /**
     * Reads a peer's certificate. Takes a millisecond.
     *
     * @throws CertificateFormatException if it is none, or its key is of a kind that we do not know
     */
    public static Certificate ofPeer(Bytes der) throws CertificateFormatException {
        return of("", der, false);
    }

    /**
     * Reads a certificate. Takes a millisecond.
     *
     * @param nickname what the database calls it
     * @param trustedAuthority whether the database takes it for an authority's, whatever it says itself
     * @throws CertificateFormatException if it is none, or its key is of a kind that we do not know
     */
    public static Certificate of(String nickname, Bytes der, boolean trustedAuthority)
            throws CertificateFormatException {
        if (der.length() > LARGEST) {
            throw new CertificateFormatException("certificate of " + der.length() + " octets");
        }
        try {
            X509Certificate x509 = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der.toArray()));
            PublicKey key = PublicKey.ofSubjectPublicKeyInfo(
                    Bytes.wrap(x509.getPublicKey().getEncoded()));
            return new Certificate(nickname, Bytes.wrap(x509.getEncoded()), x509, key, trustedAuthority);
        } catch (CertificateException | KeyFormatException malformed) {
            throw new CertificateFormatException(malformed.getMessage());
        }
    }

    private static Optional<List<AlternativeName>> readAlternativeNames(X509Certificate x509) throws IOException {
        byte[] extension = x509.getExtensionValue(Extension.subjectAlternativeName.getId());
        if (extension == null) {
            return Optional.empty();
        }
        List<AlternativeName> names = new ArrayList<>();
        for (GeneralName name : GeneralNames.getInstance(content(extension)).getNames()) {
            byte[] value = name.getName().toASN1Primitive().getEncoded();
            switch (name.getTagNo()) {
                case GeneralName.dNSName -> names.add(new AlternativeName(
                        AlternativeName.Kind.DNS, Bytes.ofUtf8(name.getName().toString())));
                case GeneralName.rfc822Name -> names.add(new AlternativeName(
                        AlternativeName.Kind.EMAIL, Bytes.ofUtf8(name.getName().toString())));
                case GeneralName.iPAddress -> names.add(
                        new AlternativeName(AlternativeName.Kind.ADDRESS, Bytes.wrap(content(value))));
                case GeneralName.directoryName -> names.add(
                        new AlternativeName(AlternativeName.Kind.DIRECTORY, Bytes.wrap(value)));
                default -> {
                    // no identity is of that kind
                }
            }
        }
        return Optional.of(List.copyOf(names));
    }

    private static byte[] content(byte[] octetString) {
        return ASN1OctetString.getInstance(octetString).getOctets();
    }

    /** Whether an authority's key identifier, where there is one, does not name another key. */
    private static boolean isIssuedByItself(X509Certificate x509) {
        Optional<Bytes> authority = authorityKeyId(x509);
        return authority.isEmpty() || authority.equals(subjectKeyId(x509));
    }

    private static Optional<Bytes> authorityKeyId(X509Certificate x509) {
        byte[] extension = x509.getExtensionValue(Extension.authorityKeyIdentifier.getId());
        return Optional.ofNullable(extension)
                .map(value -> AuthorityKeyIdentifier.getInstance(content(value)).getKeyIdentifier())
                .map(Bytes::wrap);
    }

    private static Optional<Bytes> subjectKeyId(X509Certificate x509) {
        byte[] extension = x509.getExtensionValue(Extension.subjectKeyIdentifier.getId());
        return Optional.ofNullable(extension)
                .map(value -> SubjectKeyIdentifier.getInstance(content(value)).getKeyIdentifier())
                .map(Bytes::wrap);
    }

    /** Where the list is that would name this certificate if it was revoked (RFC 5280 §4.2.1.13), in its order. */
    public List<String> revocationListUrls() {
        return Extensions.revocationListUrls(x509);
    }

    /** Who can be asked whether this certificate was revoked (RFC 5280 §4.2.2.1), in its order. */
    public List<String> ocspUrls() {
        return Extensions.ocspUrls(x509);
    }

    /** Whether its issuer allows it to answer whether certificates were revoked (RFC 6960 §4.2.2.2). */
    public boolean mayAnswerOcsp() {
        return Extensions.mayAnswerOcsp(x509);
    }

    /** What the database calls it; empty for a peer's. */
    public String nickname() {
        return nickname;
    }

    public Bytes der() {
        return der;
    }

    public DistinguishedName subject() {
        return subject;
    }

    public DistinguishedName issuer() {
        return issuer;
    }

    public PublicKey key() {
        return key;
    }

    /** The key as the certificate has it, as certificate requests hash it. */
    public Bytes subjectPublicKeyInfo() {
        return Bytes.wrap(x509.getPublicKey().getEncoded());
    }

    public Instant notBefore() {
        return x509.getNotBefore().toInstant();
    }

    public Instant notAfter() {
        return x509.getNotAfter().toInstant();
    }

    public boolean isValidAt(Instant time) {
        return !time.isBefore(notBefore()) && !time.isAfter(notAfter());
    }

    /** As octets of the encoding, a leading zero included where the number needs one. */
    public Bytes serialNumber() {
        return Bytes.wrap(x509.getSerialNumber().toByteArray());
    }

    /** Whether it is an authority's: it says so, or the database does. */
    public boolean isAuthority() {
        return trustedAuthority || x509.getBasicConstraints() >= 0 || x509.getVersion() == 1 && root;
    }

    /** Whether it is its own issuer. */
    public boolean isRoot() {
        return root;
    }

    /** The extension of that name; empty if there is none. */
    public Optional<List<AlternativeName>> alternativeNames() {
        return alternativeNames;
    }

    X509Certificate x509() {
        return x509;
    }

    /** Whether that authority's key signed this certificate. Takes a millisecond. */
    public boolean isSignedBy(Certificate authority) {
        try {
            x509.verify(authority.x509.getPublicKey());
            return true;
        } catch (GeneralSecurityException otherKey) {
            return false;
        }
    }

    /**
     * Whether this certificate's key signed that. Takes a millisecond.
     *
     * @param algorithm the signature's object identifier in dots
     * @param parameters of the algorithm, in DER
     */
    public boolean hasSigned(Bytes octets, Bytes signature, String algorithm, Optional<Bytes> parameters) {
        try {
            Signature verifier = Signature.getInstance(algorithm);
            if (algorithm.equals(RSASSA_PSS) && parameters.isPresent()) {
                AlgorithmParameters pss = AlgorithmParameters.getInstance("RSASSA-PSS");
                pss.init(parameters.get().toArray());
                verifier.setParameter(pss.getParameterSpec(PSSParameterSpec.class));
            }
            verifier.initVerify(x509.getPublicKey());
            verifier.update(octets.toArray());
            return verifier.verify(signature.toArray());
        } catch (GeneralSecurityException | IOException forged) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Certificate that && der.equals(that.der);
    }

    @Override
    public int hashCode() {
        return der.hashCode();
    }

    @Override
    public String toString() {
        return subject.toString();
    }
}
