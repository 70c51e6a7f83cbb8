// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.security.cert.CertificateParsingException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jswan.key.KeyType;

/** What a certificate is used for, by the names that log lines have, in the order in which uses are tried. */
enum Usage {
    /** RFC 4945 §5.1.3. */
    IPSEC("IPsec"),
    TLS_CLIENT("TLS Client"),
    TLS_SERVER("TLS Server");

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int NON_REPUDIATION = 1;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_AGREEMENT = 4;
    private static final String PKIX = "1.3.6.1.5.5.7.3.";
    private static final String SERVER = PKIX + 1;
    private static final String CLIENT = PKIX + 2;
    private static final String ANY = "2.5.29.37.0";
    /** RFC 4945 wants a few of them only; as NSS, all that are well known will do. */
    private static final Set<String> KNOWN = Set.of(
            ANY,
            SERVER,
            CLIENT,
            PKIX + 3,
            PKIX + 4,
            PKIX + 5,
            PKIX + 6,
            PKIX + 7,
            PKIX + 8,
            PKIX + 9,
            PKIX + 17,
            "1.3.6.1.5.5.8.2.1",
            "1.3.6.1.5.5.8.2.2");

    private final String text;

    Usage(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Why a certificate is not for that; nothing if it is. */
    Optional<Fault> fault(Certificate certificate) {
        boolean[] uses = certificate.x509().getKeyUsage();
        if (uses != null && !allows(uses, certificate.key().type())) {
            return Optional.of(Fault.INADEQUATE_KEY_USAGE);
        }
        List<String> purposes;
        try {
            purposes = certificate.x509().getExtendedKeyUsage();
        } catch (CertificateParsingException malformed) {
            return Optional.of(Fault.INADEQUATE_CERT_TYPE);
        }
        return purposes == null || purposes.stream().anyMatch(this::isServedBy)
                ? Optional.empty()
                : Optional.of(Fault.INADEQUATE_CERT_TYPE);
    }

    private boolean allows(boolean[] uses, KeyType type) {
        return switch (this) {
            case IPSEC -> uses[DIGITAL_SIGNATURE] || uses[NON_REPUDIATION];
            case TLS_CLIENT -> uses[DIGITAL_SIGNATURE];
            case TLS_SERVER -> uses[type == KeyType.RSA ? KEY_ENCIPHERMENT : KEY_AGREEMENT];
        };
    }

    private boolean isServedBy(String purpose) {
        return switch (this) {
            case IPSEC -> KNOWN.contains(purpose);
            case TLS_CLIENT -> purpose.equals(CLIENT);
            case TLS_SERVER -> purpose.equals(SERVER);
        };
    }
}
