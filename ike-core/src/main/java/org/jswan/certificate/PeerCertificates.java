// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jswan.base.Bytes;

/**
 * What became of the certificates that a peer sent.
 *
 * @param end the peer's own, if there is one and it is to be believed
 * @param above who stands for it, from who signed it up to the root; nobody if it is trusted for itself
 * @param usage for what they do, as log lines call it
 * @param harmless false if one was sent that is not to be believed
 * @param revocationsNeeded whether a current list of revoked certificates was missing, where one is insisted on
 * @param lines what is to be said about it
 */
public record PeerCertificates(
        Optional<Certificate> end,
        List<Certificate> above,
        String usage,
        boolean harmless,
        boolean revocationsNeeded,
        List<Line> lines) {
    /** Nothing was sent. */
    public static final PeerCertificates NONE =
            new PeerCertificates(Optional.empty(), List.of(), "", true, false, List.of());

    /** What was sent is not to be believed, and there is nothing to say about it. */
    public static final PeerCertificates REFUSED =
            new PeerCertificates(Optional.empty(), List.of(), "", false, false, List.of());

    /** RFC 7296 §3.6: one certificate in DER. */
    public static final int X509_SIGNATURE = 4;
    /** Certificates in a PKCS #7 structure. */
    public static final int PKCS7 = 1;

    /** As many are looked at as a path may have, twice. */
    private static final int MOST = 2 * (CertificateSet.LONGEST_PATH + 1);

    private static final List<String> ENCODINGS = List.of(
            "",
            "PKCS7_WRAPPED_X509",
            "PGP",
            "DNS_SIGNED_KEY",
            "X509_SIGNATURE",
            "",
            "KERBEROS_TOKENS",
            "CRL",
            "ARL",
            "SPKI",
            "X509_ATTRIBUTE",
            "RAW_RSA",
            "X509_CERT_URL",
            "X509_BUNDLE_URL",
            "OCSP_CONTENT",
            "RAW_PUBLIC_KEY");

    public PeerCertificates {
        above = List.copyOf(above);
        lines = List.copyOf(lines);
    }

    /** What the log calls an encoding that may be received. */
    public static String encodingName(int encoding) {
        return ENCODINGS.get(encoding);
    }

    /** What debugging output calls any encoding. */
    public static String encodingLabel(int encoding) {
        String name = encoding < ENCODINGS.size() ? ENCODINGS.get(encoding) : "";
        return name.isEmpty() ? encoding + "??" : "CERT_" + name;
    }

    /** A line for the log, and for the user unless it is for the log only. */
    public record Line(Weight weight, String text) {
        /** How it is told. */
        public enum Weight {
            NORMAL,
            SERIOUS,
            LOG_ONLY,
            DEBUG
        }
    }

    /** Who signed the peer's own; nobody if it is trusted for itself. */
    public Optional<Certificate> authority() {
        return above.stream().findFirst();
    }

    /** The same, after it was found out that the peer's own certificate was revoked, or that nobody tells. */
    public PeerCertificates revoked() {
        List<Line> more = new ArrayList<>(lines);
        authority().ifPresent(by -> more.add(invalid(true, usage, by, Fault.REVOKED_CERTIFICATE)));
        more.add(END_INVALID);
        return new PeerCertificates(Optional.empty(), List.of(), "", false, false, more);
    }

    private static final Line END_INVALID = new Line(Line.Weight.LOG_ONLY, "NSS: end certificate invalid");

    private static Line invalid(boolean last, String usage, Certificate certificate, Fault fault) {
        return new Line(
                Line.Weight.SERIOUS,
                "NSS: " + (last ? "ERROR: " : "warning: ") + usage + " certificate " + NssName.of(certificate.subject())
                        + " invalid: " + fault);
    }

    /** A certificate payload. */
    public record Payload(int encoding, Bytes data) {}

    /**
     * Reads and checks what a peer sent. Takes many milliseconds.
     *
     * @param strict whether every authority must have a current list of revoked certificates
     */
    public static PeerCertificates check(List<Payload> payloads, CertificateSet held, boolean strict, Instant now) {
        return new Check(held, strict, now).of(payloads);
    }

    private static final class Check {
        private final CertificateSet held;
        private final boolean strict;
        private final Instant now;
        private final List<Line> lines = new ArrayList<>();
        private final List<Certificate> certificates = new ArrayList<>();

        Check(CertificateSet held, boolean strict, Instant now) {
            this.held = held;
            this.strict = strict;
            this.now = now;
        }

        PeerCertificates of(List<Payload> payloads) {
            if (held.roots().isEmpty()) {
                say(
                        Line.Weight.NORMAL,
                        "no Certificate Authority in NSS Certificate DB! certificate payloads discarded");
                return nothing(true);
            }
            payloads.forEach(this::decode);
            if (certificates.isEmpty()) {
                return nothing(true);
            }
            Optional<Certificate> end =
                    certificates.stream().filter(c -> !c.isAuthority()).findFirst();
            if (end.isEmpty()) {
                say(Line.Weight.NORMAL, "X509: no EE-cert in chain!");
                return nothing(true);
            }
            if (strict && certificates.stream().anyMatch(c -> !isRevocationKnown(c))) {
                say(
                        Line.Weight.NORMAL,
                        "missing or expired CRL in strict mode, failing pending update and forcing CRL update");
                return new PeerCertificates(Optional.empty(), List.of(), "", false, true, lines);
            }
            return judge(end.get());
        }

        private PeerCertificates nothing(boolean harmless) {
            return new PeerCertificates(Optional.empty(), List.of(), "", harmless, false, lines);
        }

        private void say(Line.Weight weight, String text) {
            lines.add(new Line(weight, text));
        }

        private void decode(Payload payload) {
            switch (payload.encoding()) {
                case X509_SIGNATURE -> decode(payload.data());
                case PKCS7 -> {
                    List<Bytes> wrapped = Pkcs7.unwrap(payload.data());
                    if (wrapped.isEmpty()) {
                        say(Line.Weight.SERIOUS, "Wrapped PKCS7 certificate payload could not be decoded");
                    }
                    wrapped.forEach(this::decode);
                }
                default -> say(
                        Line.Weight.SERIOUS, "ignoring " + encodingName(payload.encoding()) + " certificate payload");
            }
        }

        private void decode(Bytes der) {
            if (certificates.size() == MOST) {
                return;
            }
            try {
                Certificate certificate = Certificate.ofPeer(der);
                // as libreswan: a root that a peer sends counts for nothing
                if (!certificate.isRoot()) {
                    certificates.add(certificate);
                }
            } catch (CertificateFormatException malformed) {
                say(
                        Line.Weight.NORMAL,
                        "NSS: decoding certificate payload using CERT_NewTempCertificate() failed: SEC_ERROR_BAD_DER:"
                                + " security library: improperly formatted DER-encoded message.");
            }
        }

        private boolean isRevocationKnown(Certificate certificate) {
            return held.revocations().stream()
                    .filter(list ->
                            list.issuer().der().equals(certificate.issuer().der()))
                    .findFirst()
                    .filter(list -> list.isCurrentAt(now))
                    .isPresent();
        }

        /** Tries one use after the other; a use that does not do is told. */
        private PeerCertificates judge(Certificate end) {
            PathCheck paths = new PathCheck(held, certificates, now);
            boolean last = false;
            for (Usage usage : Usage.values()) {
                if (last) {
                    break;
                }
                say(Line.Weight.DEBUG, "verify_end_cert trying profile " + usage);
                PathCheck.Result result = paths.check(end, usage);
                if (result.problem().isEmpty()) {
                    say(Line.Weight.DEBUG, "certificate is valid (profile " + usage + ")");
                    return new PeerCertificates(Optional.of(end), result.above(), usage.toString(), true, false, lines);
                }
                PathCheck.Problem problem = result.problem().get();
                last = usage == Usage.TLS_SERVER || !problem.fault().isOfUse();
                lines.add(invalid(last, usage.toString(), problem.certificate(), problem.fault()));
            }
            lines.add(END_INVALID);
            return nothing(false);
        }
    }
}
