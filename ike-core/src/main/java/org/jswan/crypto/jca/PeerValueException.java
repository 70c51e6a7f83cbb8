// SPDX-License-Identifier: GPL-2.0-or-later
package org.jswan.crypto.jca;

/** A public value that no honest peer sends (RFC 6989): of the wrong length, out of range, not on the curve. */
public class PeerValueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param family of the group, {@code MODP} or {@code ECP} */
    public PeerValueException(String family, String reason) {
        super("NSS: shared key calculation using " + family + " failed: " + reason);
    }
}
