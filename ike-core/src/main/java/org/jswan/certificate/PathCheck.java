// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks for a path from a certificate to a trusted root and validates it (RFC 5280 §6). Reads files of nobody and the
 * network of nobody; takes some milliseconds.
 */
final class PathCheck {
    private final CertificateSet held;
    private final List<Certificate> received;
    private final Instant now;

    /**
     * @param held has the roots, and authorities on the way to them
     * @param received authorities that the peer sent; not believed themselves
     */
    PathCheck(CertificateSet held, List<Certificate> received, Instant now) {
        this.held = held;
        this.received = received;
        this.now = now;
    }

    /** What is wrong, and with which certificate of the path. */
    record Problem(Certificate certificate, Fault fault) {}

    /** A path: the certificates from the first one up, and the root. */
    private record Path(List<Certificate> certificates, Certificate root) {
        List<Certificate> above() {
            List<Certificate> above = new ArrayList<>(certificates.subList(1, certificates.size()));
            above.add(root);
            return above;
        }
    }

    /**
     * What was found.
     *
     * @param problem what keeps the certificate from being used so; nothing if it may
     * @param above who stands for it, from who signed it up to the root; nobody if it is believed without
     */
    record Result(Optional<Problem> problem, List<Certificate> above) {
        private static Result bad(Certificate certificate, Fault fault) {
            return new Result(Optional.of(new Problem(certificate, fault)), List.of());
        }
    }

    /** Whether a certificate may be used so. */
    Result check(Certificate end, Usage usage) {
        Optional<Fault> misuse = usage.fault(end);
        if (misuse.isPresent()) {
            return Result.bad(end, misuse.get());
        }
        if (!end.isValidAt(now)) {
            return Result.bad(end, Fault.EXPIRED_CERTIFICATE);
        }
        if (held.peers().contains(end)) {
            return new Result(Optional.empty(), List.of());
        }
        Search search = new Search();
        Optional<Path> path = search.from(end, new ArrayList<>());
        if (path.isEmpty()) {
            return new Result(search.problem, List.of());
        }
        return new Result(
                invalid(path.get()).or(() -> revoked(path.get())), path.get().above());
    }

    /** A search for a path that does not look at a certificate twice, so that a peer cannot keep us busy. */
    private final class Search {
        private final Set<Certificate> seen = new HashSet<>();
        private Optional<Problem> problem = Optional.empty();

        Optional<Path> from(Certificate certificate, List<Certificate> below) {
            List<Certificate> certificates = new ArrayList<>(below);
            certificates.add(certificate);
            if (certificates.size() > CertificateSet.LONGEST_PATH + 1 || !seen.add(certificate)) {
                return Optional.empty();
            }
            List<Certificate> issuers = Stream.concat(held.certificates().stream(), received.stream())
                    .filter(c -> c.subject().der().equals(certificate.issuer().der()))
                    .distinct()
                    .toList();
            if (issuers.isEmpty()) {
                note(certificate, Fault.UNKNOWN_ISSUER);
            }
            for (Certificate issuer : issuers) {
                if (!issuer.isAuthority()) {
                    note(issuer, Fault.CA_CERT_INVALID);
                } else if (!certificate.isSignedBy(issuer)) {
                    note(issuer, Fault.BAD_SIGNATURE);
                } else if (issuer.isRoot()) {
                    if (held.certificates().contains(issuer)) {
                        return Optional.of(new Path(certificates, issuer));
                    }
                    note(certificate, Fault.UNKNOWN_ISSUER);
                } else {
                    Optional<Path> found = from(issuer, certificates);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }

        private void note(Certificate certificate, Fault fault) {
            if (problem.isEmpty()) {
                problem = Optional.of(new Problem(certificate, fault));
            }
        }
    }

    /** Who signed the certificate of that place in the path. */
    private static Certificate authority(Path path, int at) {
        return at + 1 < path.certificates().size() ? path.certificates().get(at + 1) : path.root();
    }

    private Optional<Problem> invalid(Path path) {
        try {
            PKIXParameters parameters =
                    new PKIXParameters(Set.of(new TrustAnchor(path.root().x509(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509")
                                    .generateCertPath(path.certificates().stream()
                                            .map(Certificate::x509)
                                            .toList()),
                            parameters);
            return Optional.empty();
        } catch (CertPathValidatorException invalid) {
            int at = Math.max(invalid.getIndex(), 0);
            return Optional.of(new Problem(path.certificates().get(at), fault(invalid.getReason())));
        } catch (GeneralSecurityException odd) {
            return Optional.of(new Problem(path.certificates().get(0), Fault.CERT_NOT_VALID));
        }
    }

    private static Fault fault(Reason reason) {
        if (reason == BasicReason.EXPIRED || reason == BasicReason.NOT_YET_VALID) {
            return Fault.EXPIRED_CERTIFICATE;
        } else if (reason == BasicReason.INVALID_SIGNATURE) {
            return Fault.BAD_SIGNATURE;
        } else if (reason == BasicReason.ALGORITHM_CONSTRAINED) {
            return Fault.CERT_SIGNATURE_ALGORITHM_DISABLED;
        } else if (reason == PKIXReason.NOT_CA_CERT || reason == PKIXReason.INVALID_KEY_USAGE) {
            return Fault.CA_CERT_INVALID;
        } else if (reason == PKIXReason.PATH_TOO_LONG) {
            return Fault.PATH_LEN_CONSTRAINT_INVALID;
        } else if (reason == PKIXReason.UNRECOGNIZED_CRIT_EXT) {
            return Fault.UNKNOWN_CRITICAL_EXTENSION;
        } else if (reason == PKIXReason.INVALID_NAME) {
            return Fault.CERT_NOT_IN_NAME_SPACE;
        }
        return Fault.CERT_NOT_VALID;
    }

    /** A certificate of the path that its authority has revoked; as the oracle, its authority is named. */
    private Optional<Problem> revoked(Path path) {
        for (int i = 0; i < path.certificates().size(); i++) {
            Certificate certificate = path.certificates().get(i);
            Certificate authority = authority(path, i);
            if (held.revocations().stream().anyMatch(list -> list.revokes(certificate, authority))) {
                return Optional.of(new Problem(authority, Fault.REVOKED_CERTIFICATE));
            }
        }
        return Optional.empty();
    }
}
