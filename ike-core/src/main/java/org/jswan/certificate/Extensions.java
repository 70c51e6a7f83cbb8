// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** What extensions of certificates tell about finding out whether they were revoked. Malformed ones tell nothing. */
final class Extensions {
    private Extensions() {}

    static List<String> revocationListUrls(X509Certificate certificate) {
        return read(certificate, Extension.cRLDistributionPoints.getId(), value -> Stream.of(
                        CRLDistPoint.getInstance(value).getDistributionPoints())
                .map(DistributionPoint::getDistributionPoint)
                .filter(name -> name != null && name.getType() == DistributionPointName.FULL_NAME)
                .flatMap(name ->
                        Stream.of(GeneralNames.getInstance(name.getName()).getNames()))
                .flatMap(Extensions::url)
                .toList());
    }

    static List<String> ocspUrls(X509Certificate certificate) {
        return read(certificate, Extension.authorityInfoAccess.getId(), value -> Stream.of(
                        AuthorityInformationAccess.getInstance(value).getAccessDescriptions())
                .filter(access -> access.getAccessMethod().equals(AccessDescription.id_ad_ocsp))
                .map(AccessDescription::getAccessLocation)
                .flatMap(Extensions::url)
                .toList());
    }

    static boolean mayAnswerOcsp(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes != null && purposes.contains(KeyPurposeId.id_kp_OCSPSigning.getId());
        } catch (CertificateParsingException malformed) {
            return false;
        }
    }

    private static Stream<String> url(GeneralName name) {
        return name.getTagNo() == GeneralName.uniformResourceIdentifier
                ? Stream.of(name.getName().toString())
                : Stream.empty();
    }

    private static List<String> read(
            X509Certificate certificate, String extension, Function<ASN1Encodable, List<String>> reading) {
        return Optional.ofNullable(certificate.getExtensionValue(extension))
                .map(value -> {
                    try {
                        return reading.apply(org.bouncycastle.asn1.ASN1Sequence.getInstance(
                                ASN1OctetString.getInstance(value).getOctets()));
                    } catch (IllegalArgumentException | IllegalStateException malformed) {
                        return List.<String>of();
                    }
                })
                .orElse(List.of());
    }
}
