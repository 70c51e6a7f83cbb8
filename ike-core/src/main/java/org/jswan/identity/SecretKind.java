// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.identity;

/** What a secret is good for. */
public enum SecretKind {
    PSK("SECRET_PSK"),
    RSA("SECRET_RSA"),
    XAUTH("SECRET_XAUTH"),
    PPK("SECRET_PPK"),
    ECDSA("SECRET_ECDSA");

    private final String label;

    SecretKind(String label) {
        this.label = label;
    }

    /** The name in debugging lines. */
    public String label() {
        return label;
    }
}
