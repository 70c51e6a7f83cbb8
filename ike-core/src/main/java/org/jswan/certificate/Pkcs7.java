// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import org.jswan.base.Bytes;

/** Certificates in a PKCS #7 structure that holds nothing else (RFC 2315 §9.1, RFC 4945 §3.3.4). */
public final class Pkcs7 {
    private static final String FORM = "PKCS7";

    private Pkcs7() {}

    private static CertificateFactory factory() throws CertificateException {
        return CertificateFactory.getInstance("X.509");
    }

    /** The certificates in a structure, in DER; none if it is malformed. */
    static List<Bytes> unwrap(Bytes structure) {
        try {
            List<Bytes> wrapped = new ArrayList<>();
            for (var certificate : factory()
                    .generateCertPath(new ByteArrayInputStream(structure.toArray()), FORM)
                    .getCertificates()) {
                wrapped.add(Bytes.wrap(certificate.getEncoded()));
            }
            return wrapped;
        } catch (CertificateException malformed) {
            return List.of();
        }
    }

    /** A structure with those certificates. */
    public static Bytes wrap(List<Certificate> certificates) {
        try {
            List<java.security.cert.Certificate> path = new ArrayList<>();
            for (Certificate certificate : certificates) {
                path.add(factory()
                        .generateCertificate(
                                new ByteArrayInputStream(certificate.der().toArray())));
            }
            return Bytes.wrap(factory().generateCertPath(path).getEncoded(FORM));
        } catch (CertificateException impossible) {
            throw new IllegalStateException("they were read before", impossible);
        }
    }
}
