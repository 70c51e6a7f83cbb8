// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

/** Why a certificate is not believed, in NSS's words. */
enum Fault {
    BAD_SIGNATURE("Peer's certificate has an invalid signature."),
    EXPIRED_CERTIFICATE("Peer's Certificate has expired."),
    REVOKED_CERTIFICATE("Peer's Certificate has been revoked."),
    UNKNOWN_ISSUER("Peer's Certificate issuer is not recognized."),
    CA_CERT_INVALID("Issuer certificate is invalid."),
    INADEQUATE_KEY_USAGE("Certificate key usage inadequate for attempted operation."),
    INADEQUATE_CERT_TYPE("Certificate type not approved for application."),
    PATH_LEN_CONSTRAINT_INVALID("Certificate path length constraint is invalid."),
    UNKNOWN_CRITICAL_EXTENSION("Certificate contains unknown critical extension."),
    CERT_NOT_IN_NAME_SPACE(
            "Certifying Authority for this certificate is not permitted to issue a certificate with" + " this name."),
    CERT_SIGNATURE_ALGORITHM_DISABLED(
            "The certificate was signed using a signature algorithm that is disabled because it is not secure."),
    CERT_NOT_VALID("This certificate is not valid.");

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** Whether another use of the certificate may do. */
    boolean isOfUse() {
        return this == INADEQUATE_KEY_USAGE || this == INADEQUATE_CERT_TYPE;
    }

    /** As log lines have it. */
    @Override
    public String toString() {
        return "SEC_ERROR_" + name() + ": " + text;
    }
}
