// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.exchange.auth;

import java.util.Optional;
import org.jswan.certificate.Certificate;
import org.jswan.certificate.CertificateIdentity;
import org.jswan.certificate.CertificateSet;
import org.jswan.certificate.HeldCertificates;
import org.jswan.connection.ConnectionPolicy;
import org.jswan.identity.IkeId;
import org.jswan.log.RcCode;
import org.jswan.sa.IkeSa;

/** Who a peer is by the certificate that it sent: then its ID payload counts for nothing more. */
public final class CertifiedIdentity {
    private CertifiedIdentity() {}

    /** The certificate of the peer, if it sent one that is to be believed. */
    public static Optional<Certificate> certificate(IkeSa ike) {
        return ike.negotiation().authentication().peerCertificates().end();
    }

    /** Those that the database holds, with those above the peer's that were found to be good: it may have sent them. */
    static CertificateSet known(IkeSa ike, HeldCertificates held) {
        return held.known()
                .with(ike.negotiation().authentication().peerCertificates().above());
    }

    /**
     * What comes of comparing the certificate with the identity that the connection expects.
     *
     * @param identity who the peer is
     * @param refusal why the certificate is not for it; empty if it is, or need not be
     */
    public record Result(IkeId identity, Optional<String> refusal) {}

    /** Compares them, and says so where they may differ. */
    public static Result compare(IkeSa ike, Certificate certificate) {
        IkeId expected = ike.connection().remote().id();
        CertificateIdentity.Match match = CertificateIdentity.match(certificate, expected);
        IkeId identity = match.identity().orElse(expected);
        if (match.refusal().isEmpty()) {
            return new Result(identity, Optional.empty());
        }
        if (ike.connection().has(ConnectionPolicy.ALLOW_NO_SAN)) {
            ike.logger().log(RcCode.LOG_SERIOUS, match.refusal().get());
            ike.logger().log("X509: connection allows unmatched IKE ID and certificate SAN");
            return new Result(identity, Optional.empty());
        }
        return new Result(identity, match.refusal().map(why -> "X509: authentication failed; " + why));
    }
}
