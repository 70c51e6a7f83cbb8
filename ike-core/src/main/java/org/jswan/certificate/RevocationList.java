// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import org.jswan.base.Bytes;
import org.jswan.identity.DistinguishedName;

/** A list of revoked certificates (RFC 5280 §5). */
public final class RevocationList {
    private final X509CRL crl;
    private final DistinguishedName issuer;
    private final Optional<String> url;

    private RevocationList(X509CRL crl, Optional<String> url) {
        this.crl = crl;
        this.url = url;
        issuer = DistinguishedName.ofDer(Bytes.wrap(crl.getIssuerX500Principal().getEncoded()));
    }

    /**
     * Reads a list.
     *
     * @param url where it was fetched from, if it was
     * @throws CertificateFormatException if it is none
     */
    public static RevocationList of(Bytes der, Optional<String> url) throws CertificateFormatException {
        try {
            return new RevocationList(
                    (X509CRL) CertificateFactory.getInstance("X.509")
                            .generateCRL(new ByteArrayInputStream(der.toArray())),
                    url);
        } catch (CertificateException | CRLException malformed) {
            throw new CertificateFormatException(malformed.getMessage());
        }
    }

    /** Reads a list that was fetched; empty if it is none. */
    public static Optional<RevocationList> read(Bytes der, String url) {
        try {
            return Optional.of(of(der, Optional.of(url)));
        } catch (CertificateFormatException malformed) {
            return Optional.empty();
        }
    }

    /** As it is encoded. */
    public Bytes der() {
        try {
            return Bytes.wrap(crl.getEncoded());
        } catch (CRLException impossible) {
            throw new IllegalStateException("a list that was decoded", impossible);
        }
    }

    public DistinguishedName issuer() {
        return issuer;
    }

    /** Where it was fetched from. */
    public Optional<String> url() {
        return url;
    }

    /** How many certificates it names. */
    public int size() {
        return crl.getRevokedCertificates() == null
                ? 0
                : crl.getRevokedCertificates().size();
    }

    public Instant thisUpdate() {
        return crl.getThisUpdate().toInstant();
    }

    /** When a newer one is due; empty if it does not say. */
    public Optional<Instant> nextUpdate() {
        return Optional.ofNullable(crl.getNextUpdate()).map(Date::toInstant);
    }

    /** Whether no newer one is due. */
    public boolean isCurrentAt(Instant time) {
        return nextUpdate().map(next -> !time.isAfter(next)).orElse(true);
    }

    /** Whether an authority that signed this list revokes that certificate of its own. */
    boolean revokes(Certificate certificate, Certificate authority) {
        if (!issuer.der().equals(certificate.issuer().der()) || !crl.isRevoked(certificate.x509())) {
            return false;
        }
        try {
            crl.verify(authority.x509().getPublicKey());
            return true;
        } catch (GeneralSecurityException forged) {
            return false;
        }
    }
}
