// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.certificate;

/** Octets that are no certificate; the message is for debugging. */
public final class CertificateFormatException extends Exception {
    private static final long serialVersionUID = 1;

    public CertificateFormatException(String message) {
        super(message);
    }
}
